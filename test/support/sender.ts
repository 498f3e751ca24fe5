import { createInterface } from 'node:readline';
import { withConverse } from '../../lib/aws/converse.ts';
import { withInvoke } from '../../lib/aws/invoke.ts';
import { toFailure } from '../../lib/wire/failure.ts';
import { httpSend, type Outbound } from '../../lib/wire/send.ts';
import { readText } from '../../lib/wire/text.ts';
import { timer } from './timer.ts';

/** What this program reads, a line each: how far its clock has moved on, and what is to be sent at once. */
export type Told = { readonly passedMs: number; readonly outbounds: readonly Outbound[] };

let passedMs = 0;
const now = () => Date.now() + passedMs;
const send = withInvoke(withConverse(httpSend(timer, now), now), now);

async function answer(outbound: Outbound): Promise<number | string> {
  const { signal } = new AbortController();
  try {
    const { status, body } = await send(outbound, signal);
    await readText(body);
    return status;
  } catch (error) {
    return toFailure(error, outbound.via, signal).code;
  }
}

// A program of its own, to be frozen: it prints a line of what came of each line.
for await (const line of createInterface({ input: process.stdin })) {
  const told: Told = JSON.parse(line);
  passedMs += told.passedMs;
  process.stdout.write(`${JSON.stringify(await Promise.all(told.outbounds.map(answer)))}\n`);
}
