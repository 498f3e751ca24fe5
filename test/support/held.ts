import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

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

/**
 * What a process uses: what is live once its garbage is collected, and what was resident before, for V8 gives little of that
 * back, and some of it only because somebody looked.
 */
export async function used(pid: number, stderr: () => string): Promise<Used> {
  return { ...held(pid), liveMegabytes: await collected(pid, stderr) };
}

/**
 * The same of memory that is its own alone, looked at once its garbage is collected: of a database, whose heap comes and goes
 * with what it is asked, that is what it keeps beside it, and the files that it maps are left out.
 */
export async function usedAlone(pid: number, stderr: () => string): Promise<Used> {
  const liveMegabytes = await collected(pid, stderr);
  return { ...held(pid, 'RssAnon'), liveMegabytes };
}

const PATIENCE_MS = 30_000;

/** Collects its garbage; gives what is live of its heap, in megabytes. `stderr` is the end of what it said there. */
async function collected(pid: number, stderr: () => string): Promise<number> {
  const lines = new RegExp(`^live ${pid} (\\d+): (\\d+)$`, 'gm');
  const latest = () => [...stderr().matchAll(lines)].at(-1) ?? [];
  const [, before = '0'] = latest();
  process.kill(pid, 'SIGUSR2');
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await setTimeout(5)) {
    const [, number = '0', bytes] = latest();
    if (Number(number) > Number(before)) return Number(bytes) / 1024 ** 2;
  }
  throw new Error(`Process ${pid} does not tell what is live of its heap.`);
}
