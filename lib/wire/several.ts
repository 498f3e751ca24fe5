import { endless } from './bounded.ts';
import type { Inbound } from './send.ts';
import { readText } from './text.ts';

/** How many requests of one call are under way at once. */
const AT_ONCE = 8;
/** Larger than all answers together are: 2048 vectors of 3072 dimensions, in digits. All of them are kept. */
const MOST_BYTES = 128 * 1024 * 1024;

/** What went wrong with one of several requests when others had been answered, which cost. */
export class PartlyAnswered extends Error {
  constructor(cause: unknown) {
    super('Some of several requests were answered, and one was not.', { cause });
  }
}

/**
 * Sends the parts of one call, a few at a time. Their answers, in the order of the parts, are the lines of one body. The
 * first failure takes their place: what is unsent by then stays so, and what is under way is awaited. It is a
 * `PartlyAnswered` where any answer had begun, as its refusal is `partly`.
 */
export async function several<Part>(parts: readonly Part[], send: (part: Part) => Promise<Inbound>): Promise<Inbound> {
  const waiting = parts.entries(); // one for all who take from it
  const answers = new Map<number, string>();
  const refusals: Inbound[] = [];
  const failures: unknown[] = [];
  let left = MOST_BYTES;
  const begun = new Set<number>(); // the parts whose answers had begun
  const counted = async function* (body: AsyncIterable<Uint8Array>) {
    for await (const piece of body) {
      left -= piece.length;
      if (left < 0) throw endless();
      yield piece;
    }
  };
  const inTurn = async () => {
    for (const [at, part] of waiting) {
      if (refusals.length + failures.length > 0) return;
      try {
        const { status, headers, body } = await send(part);
        if (status < 300) begun.add(at);
        const text = await readText(counted(body));
        if (status < 300) answers.set(at, text.replaceAll(/[\r\n]+/g, ' '));
        else refusals.push({ status, headers, body: once(text) });
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
  if (failures.length > 0) throw begun.size > 0 ? new PartlyAnswered(failures[0]) : failures[0];
  const [refusal] = refusals;
  if (refusal !== undefined) return { ...refusal, ...(begun.size > 0 && { partly: true }) };
  return { status: 200, headers: {}, body: once(parts.map((_, at) => answers.get(at)).join('\n')) };
}

/** A text as the whole of a body. */
export async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
