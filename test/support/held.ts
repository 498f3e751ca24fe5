import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** What a process has of the machine: resident megabytes, and open files. */
export type Held = { readonly megabytes: number; readonly files: number };

/** The same, and how much of its heap is in use. */
export type Used = Held & { readonly liveMegabytes: number };

/** What must be imported into a process that is asked what it uses. */
export const live = new URL('ric/live.mjs', import.meta.url).href;

/** What a process holds now. Linux only. */
export function held(pid: number): Held {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { megabytes: Number(kilobytes) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
}

/** Once its garbage is collected; what is resident is looked at before, for V8 gives little of it back. */
export async function used(pid: number, stderr: () => string): Promise<Used> {
  const { megabytes, files } = held(pid);
  const told = () => [...stderr().matchAll(/^live: (\d+)$/gm)];
  const before = told().length;
  process.kill(pid, 'SIGUSR2');
  while (told().length === before) await setImmediate();
  return { megabytes, files, liveMegabytes: Number(told().at(-1)?.[1]) / 1024 ** 2 };
}
