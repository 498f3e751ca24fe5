import type { Counter } from '../../ledger/counter.ts';
import type { Written } from './counters.ts';
import { type Intent, joiner, sizeOf } from './intent.ts';

/** A change that waits for its counter, and for its answer. */
export type Waiting = {
  /** Made when it is about to leave. */
  change: Intent | (() => Intent);
  readonly answer: PromiseWithResolvers<Written>;
  /** Whether some sending of it had no answer that says what became of it. */
  twins: boolean;
  state: 'queued' | 'sent' | 'over';
  /** Whether it may wait for others: then nothing is in its way, and it is believed to be made. */
  readonly resting: boolean;
  /** Whether it waits for nothing but its turn. */
  hurried: boolean;
};

/** The changes that wait for one counter, and those on their way to it. */
export type Queue = {
  readonly waiting: Waiting[];
  underway: readonly Waiting[];
  busy: boolean;
  /** How the counter stands with those that may rest; undefined where nobody asked since that changed. */
  believed: Counter | undefined;
};

/** In bytes of expression, of which a write may have 4,096. */
const MOST_AT_ONCE = 3_000;

/** Takes the changes out of a queue that can leave in one now: what waits in vain has gone, and what depends on another comes later. */
export function nextBatch(queue: Waiting[]): readonly Waiting[] {
  const batch: Waiting[] = [];
  const names = new Set<string>();
  const joins = joiner();
  for (let bytes = 0; ; ) {
    const [next] = queue;
    if (next === undefined) return batch;
    if (next.state === 'queued') {
      const change = changeOf(next);
      bytes += sizeOf(change, names);
      const apart = !joins(change) || bytes > MOST_AT_ONCE;
      if (batch.length > 0 && apart) return batch; // the first goes in any case
      next.state = 'sent';
      batch.push(next);
    }
    queue.shift();
  }
}

/** The changes of a queue that may rest; not those made when they leave: they book where nothing is limited, and nobody asks how that stands. */
export const restingIn = ({ underway, waiting }: Queue): readonly Intent[] =>
  [...underway, ...waiting].flatMap(({ resting, change }) => (resting && typeof change !== 'function' ? [change] : []));

/** A change as it is once it leaves. */
export function changeOf(waiting: Waiting): Intent {
  if (typeof waiting.change === 'function') waiting.change = waiting.change();
  return waiting.change;
}
