import { asConnectionFailure } from './runtime-refusal.ts';

/** What one read of the stream came to. */
type Step = { readonly line: string } | { readonly error: unknown } | 'ended';

/**
 * The events of an answer, each a line of JSON with its bytes in base64; those that arrive together are one chunk.
 * An exception of the service is the last line: `{"exception":{"name":…,"message":…}}`. Whoever stops reading hangs up.
 */
export async function* converseLines(events: AsyncIterable<unknown>, hangUp: () => void): AsyncIterable<Uint8Array> {
  const iterator = events[Symbol.asyncIterator]();
  const read = (): Promise<Step> =>
    iterator
      .next()
      .then(({ done, value }): Step => (done ? 'ended' : { line: toLine(value) }))
      .catch((error: unknown): Step => ({ error })); // an event that cannot be written as JSON, too
  let ended = false;
  try {
    for (let next = read(); ; ) {
      const { lines, ahead } = await gathered(next, read);
      if (lines.length > 0) yield Buffer.from(lines.join(''));
      next = ahead;
      const step = await ahead;
      if (step === 'ended') {
        ended = true;
        return;
      }
      if ('error' in step) {
        yield* lastLine(step.error);
        return;
      }
    }
  } finally {
    if (!ended) hangUp();
  }
}

/** The lines that are here by the end of this turn of the event loop, and the read that comes after them. */
async function gathered(first: Promise<Step>, read: () => Promise<Step>) {
  const lines: string[] = [];
  let ahead = first;
  let step: Step | undefined = await first;
  const turn = new Promise<undefined>((resolve) => void setImmediate(resolve, undefined));
  while (step !== undefined && step !== 'ended' && 'line' in step) {
    lines.push(step.line);
    ahead = read();
    step = await Promise.race([ahead, turn]);
  }
  return { lines, ahead };
}

const toLine = (event: unknown): string => `${JSON.stringify(event, inJson)}\n`;

/**
 * Bytes as base64. A Buffer has already made itself JSON when it comes here, so the original is looked at. A number the
 * SDK could not read exactly, and gives as a big integer, is as inexact as JSON has it.
 */
function inJson(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  if (typeof value === 'bigint') return Number(value);
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value;
}

/** How a stream that fails ends: with the service's exception, with nothing where it was cut, or with a failed connection. */
function* lastLine(error: unknown): Iterable<Uint8Array> {
  if (!(error instanceof Error) || 'code' in error || OURS.test(error.name)) throw asConnectionFailure(error);
  const { name, message } = error;
  // An exception of the service has a name of its own, a failure to read has its class's.
  if (Object.hasOwn(error, 'name')) yield Buffer.from(toLine({ exception: { name, message } }));
  else if (!/truncated/i.test(message)) throw Object.assign(error, { code: 'EBADMSG' });
}

/** What the SDK calls an end that came from this side. */
const OURS = /^(Abort|Timeout)Error$/;
