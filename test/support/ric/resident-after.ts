import { readFile } from 'node:fs/promises';
import { type RuntimeOptions, startRuntime } from './start-runtime.ts';

/** What a handler's process holds in memory after so many calls one after the other, in megabytes. Linux only. */
export async function residentAfter(calls: number, options: RuntimeOptions, event: unknown): Promise<number> {
  const runtime = await startRuntime(options);
  try {
    for (let call = 0; call < calls; call++) {
      const { status, text, nextPoll } = await runtime.invoke(event);
      if (status !== 200) throw new Error(`Call ${call} was answered with ${status}: ${await text()}`);
      await nextPoll; // what is done after an answer is a part of the call
    }
    const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${runtime.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1_000;
  } finally {
    await runtime.stop();
  }
}
