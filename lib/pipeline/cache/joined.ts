import { asGatewayError } from '../../errors.ts';
import type { ChatStream } from '../../openai/answer.ts';
import type { Flight, Landed } from '../../recall.ts';
import { inTime } from '../../wire/in-time.ts';
import type { ChatAnswer } from '../open-chat.ts';
import type { Cacheable } from './cacheable.ts';
import { noted, stampOf } from './given.ts';

/** What a call wants of another's answer: not asked for so long ago, and not before this moment. */
export type Wanted = { readonly maxAgeMs: number; readonly cleared: number };

/** Who joins a call may have so much less time than alone, for that began before. */
const LEAST_TIME = 0.9;

/**
 * The answer that another call is getting; undefined where it will not do, or came to nothing for a reason of its own,
 * such as its caller's patience: then this call must see for itself. What providers refuse, they refuse all who ask the
 * same.
 */
export async function joined(flight: Flight, wanted: Wanted, cacheable: Cacheable): Promise<ChatAnswer | undefined> {
  const { patience, tally, world, later } = cacheable;
  const leave = suits(flight, wanted, cacheable) ? flight.join() : undefined;
  if (leave === undefined) return undefined;
  later(async () => leave()); // whoever never begins to read a stream leaves it, too
  const since = world.tick();
  try {
    const landed = await inTime(flight.landing, patience.signal);
    const kept = landed.given.askedAt < flight.askedAt; // what was found for the other may be too old for this one
    const answer =
      kept && !young(landed.given.askedAt, wanted, cacheable) ? undefined : taken(landed, leave, cacheable);
    if (answer?.kind !== 'stream') leave();
    return answer;
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

/** Whether the answer to another call will do: young enough, with as much time, and no less room. */
function suits({ askedAt, leftMs, limit }: Flight, wanted: Wanted, cacheable: Cacheable): boolean {
  const { patience, limit: own } = cacheable;
  const roomy = limit === undefined || (own !== undefined && own <= limit);
  return young(askedAt, wanted, cacheable) && roomy && leftMs() >= LEAST_TIME * patience.leftMs();
}

const young = (askedAt: number, { maxAgeMs, cleared }: Wanted, { world }: Cacheable): boolean =>
  askedAt > cleared && world.now() - askedAt < maxAgeMs;

/** An answer as this visit's own; undefined where it can no longer be read from its beginning. */
function taken(landed: Landed, leave: () => void, { patience, tally }: Cacheable): ChatAnswer | undefined {
  const stamp = stampOf(tally.visit);
  if (landed.kind === 'whole') {
    tally.gives(landed.given);
    tally.finishes(landed.completion.choices[0]?.finish_reason);
    tally.succeeded();
    return { kind: 'whole', completion: { ...landed.completion, ...stamp } };
  }
  const chunks = landed.read(patience.signal);
  if (chunks === undefined) return undefined;
  tally.gives(landed.given);
  return { kind: 'stream', chunks: noted(restamped(chunks, stamp, leave), tally) };
}

async function* restamped(chunks: ChatStream, stamp: ReturnType<typeof stampOf>, leave: () => void): ChatStream {
  try {
    for await (const batch of chunks) yield batch.map((chunk) => ({ ...chunk, ...stamp }));
  } finally {
    leave();
  }
}
