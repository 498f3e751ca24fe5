import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** What a process has of the machine: resident megabytes, and open files. */
export type Held = { readonly megabytes: number; readonly files: number };

/** The same, and how much of its heap is in use. */
export type Used = Held & { readonly liveMegabytes: number };

/** What must be imported into a process that is asked what it uses. */
export const live = new URL('ric/live.mjs', import.meta.url).href;

/** What a process holds now; `RssAnon` leaves out what it has of files, of which the system takes back what it likes. Linux only. */
export function held(pid: number, memory: 'VmRSS' | 'RssAnon' = 'VmRSS'): Held {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = new RegExp(`^${memory}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return { megabytes: Number(kilobytes) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
}

/** Once its garbage is collected; what is resident is looked at before, for V8 gives little of it back. */
export async function used(pid: number, stderr: () => string): Promise<Used> {
  return { ...held(pid), liveMegabytes: await collected(pid, stderr) };
}

/** What is left to it when its garbage is collected: of one whose heap comes and goes, and that has memory beside it. */
export async function left(pid: number, stderr: () => string): Promise<Used> {
  const liveMegabytes = await collected(pid, stderr);
  return { ...held(pid, 'RssAnon'), liveMegabytes };
}

/** Collects its garbage; gives what is live of its heap, in megabytes. Of those that share an output, one at a time. */
async function collected(pid: number, stderr: () => string): Promise<number> {
  const told = () => [...stderr().matchAll(/^live: (\d+)$/gm)];
  const before = told().length;
  process.kill(pid, 'SIGUSR2');
  while (told().length === before) await setImmediate();
  return Number(told().at(-1)?.[1]) / 1024 ** 2;
}
