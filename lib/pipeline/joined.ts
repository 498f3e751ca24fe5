import { asGatewayError } from '../errors.ts';
import type { ChatStream } from '../openai/answer.ts';
import type { Flight } from '../recall.ts';
import { inTime } from '../wire/in-time.ts';
import type { Cacheable } from './cacheable.ts';
import { noted, stampOf } from './given.ts';
import type { ChatAnswer } from './open-chat.ts';

/**
 * The answer that another call is getting; undefined where that came to nothing for a reason of its own, such as its
 * caller's patience: then this call must see for itself. What providers refuse, they refuse all who ask the same.
 */
export async function joined(
  { landing }: Flight,
  leave: () => void,
  { patience, tally, world, later }: Cacheable,
): Promise<ChatAnswer | undefined> {
  const since = world.tick();
  later(async () => leave()); // whoever never begins to read a stream leaves it, too
  try {
    const landed = await inTime(landing, patience.signal);
    const stamp = stampOf(tally.visit);
    if (landed.kind === 'whole') {
      leave();
      tally.gives(landed.given);
      tally.finishes(landed.completion.choices[0]?.finish_reason);
      tally.succeeded();
      return { kind: 'whole', completion: { ...landed.completion, ...stamp } };
    }
    const chunks = landed.read(patience.signal);
    if (chunks === undefined) leave();
    else tally.gives(landed.given);
    return chunks && { kind: 'stream', chunks: noted(restamped(chunks, stamp, leave), tally) };
  } catch (error) {
    leave();
    const failure = asGatewayError(error);
    if (!patience.signal.aborted && failure.source !== 'provider') return undefined;
    tally.failed(failure);
    throw failure;
  } finally {
    tally.waited(world.tick() - since);
  }
}

/** Another's stream as this visit's own. */
async function* restamped(chunks: ChatStream, stamp: ReturnType<typeof stampOf>, leave: () => void): ChatStream {
  try {
    for await (const batch of chunks) yield batch.map((chunk) => ({ ...chunk, ...stamp }));
  } finally {
    leave();
  }
}
