import { toCounter } from '../../ledger/counter.ts';
import { conditionFailed, type Database, passing, statusOf } from '../database.ts';
import { foreseen, type Memory, sightings, toItem, type Write, type Written } from './counters.ts';
import { changed, holds, type Intent, type Item, merged } from './intent.ts';
import { changeOf, nextBatch, type Queue, restingIn, type Waiting } from './queue.ts';
import { toUpdate } from './update.ts';

/** A change that was certainly not made: nothing has to be undone. */
export class Unmade extends Error {}

/** How long a write is tried, and by what chance it waits in between. */
export type Pace = { readonly timeoutMs: number; readonly random: () => number };

/** How often a batch is tried that others keep overtaking. */
const MOST_ROUNDS = 8;
const FIRST_PAUSE_MS = 20;

/**
 * Writes to table Counters. A counter is written to by one request at a time, and changes that come meanwhile leave
 * in one with the next: a burst of calls in one process is a few writes, not hundreds that wait for each other. A
 * request that is refused as too much, or has no answer, is repeated until `timeoutMs` are over; the client itself must
 * not repeat any, for it would not tell the two apart. What rests is believed to be made: the next change that may not
 * rest takes it along, before itself.
 */
export function writer(
  database: Database,
  table: string,
  { timeoutMs, random }: Pace,
): { readonly write: Write; readonly memory: Memory } {
  const { seen, remember } = sightings();
  const queues = new Map<string, Queue>();

  const believed: Memory['believed'] = (scopeId) => {
    const queue = queues.get(scopeId);
    if (queue === undefined) return seen(scopeId);
    queue.believed ??= foreseen(seen(scopeId), restingIn(queue));
    return queue.believed;
  };

  const write: Write = (scopeId, change, { withinMs, restMs = 0 } = {}) => {
    const answer = Promise.withResolvers<Written>();
    const resting = restMs > 0;
    const one: Waiting = { change, answer, twins: false, state: 'queued', resting, hurried: !resting };
    const queue = queues.get(scopeId) ?? { waiting: [], underway: [], busy: false, believed: undefined };
    queues.set(scopeId, queue);
    queue.waiting.push(one);
    queue.believed = undefined;
    const ends = withinMs === undefined ? undefined : setTimeout(() => giveUp(one), withinMs);
    const rests = resting ? setTimeout(() => hurry(scopeId, queue, one), restMs) : undefined;
    drain(scopeId, queue);
    return answer.promise.finally(() => {
      clearTimeout(ends);
      clearTimeout(rests);
    });
  };
  return { write, memory: { seen, believed } };

  function hurry(scopeId: string, queue: Queue, one: Waiting): void {
    one.hurried = true;
    drain(scopeId, queue);
  }

  async function drain(scopeId: string, queue: Queue): Promise<void> {
    if (queue.busy) return;
    queue.busy = true;
    while (queue.waiting.some(({ hurried }) => hurried)) await send(scopeId, queue);
    queue.busy = false;
    if (queue.waiting.length === 0) queues.delete(scopeId);
  }

  async function send(scopeId: string, queue: Queue): Promise<void> {
    let batch = nextBatch(queue.waiting);
    for (let round = 0; batch.length > 0; round++) {
      queue.underway = batch;
      queue.believed = undefined;
      const tried = await attempt(scopeId, merged(batch.map(changeOf)));
      queue.underway = [];
      queue.believed = undefined;
      for (const each of batch) each.twins ||= tried.twins;
      if ('failure' in tried) return reject(batch, tried.failure);
      const { done, item } = tried;
      const counter = toCounter(item);
      remember(scopeId, counter);
      if (!done && round === MOST_ROUNDS) return reject(batch, new Unmade('Others were quicker each time.'));
      const { fitting, others } = done ? alike(batch, item) : oneByOne(batch, item);
      for (const [{ answer, twins }, then] of others)
        answer.resolve({ done, counter: then === item ? counter : toCounter(then), twins });
      batch = fitting;
    }
  }

  async function attempt(scopeId: string, change: Intent) {
    const update = toUpdate(table, scopeId, change, seen(scopeId));
    const deadline = performance.now() + timeoutMs;
    let twins = false;
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      const left = deadline - performance.now();
      try {
        const { Attributes = {} } = await database.updateItem(update, { requestTimeout: Math.max(1, Math.ceil(left)) });
        return { done: true, item: toItem(Attributes), twins };
      } catch (failure) {
        if (conditionFailed(failure)) return { done: false, item: toItem(failure.Item ?? {}), twins };
        const answered = Number(statusOf(failure)) < 500; // a server that failed may have done so afterwards
        twins ||= !answered;
        const ours = answered && !passing(failure);
        if (ours || deadline - performance.now() < pause) return { failure: twins ? failure : unmade(failure), twins };
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + random() / 2)));
      }
    }
  }
}

/** What had no answer in an earlier round may still be made, whatever this one says. */
function reject(batch: readonly Waiting[], failure: unknown): void {
  const doubtful = failure instanceof Unmade ? new Error(failure.message, { cause: failure.cause }) : failure;
  for (const { answer, twins } of batch) answer.reject(twins ? doubtful : failure);
}

const unmade = (cause: unknown) =>
  new Unmade(cause instanceof Error ? cause.message : 'The counter refused.', { cause });

type Sorted = {
  readonly fitting: readonly Waiting[];
  /** Each with the item as it is for it. */
  readonly others: readonly (readonly [waiting: Waiting, item: Item])[];
};

const alike = (batch: readonly Waiting[], item: Item): Sorted => ({
  fitting: [],
  others: batch.map((each) => [each, item]),
});

/** Which of a batch may be, one after the other, on the item it failed on. Those that may not find it as the others leave it. */
function oneByOne(batch: readonly Waiting[], item: Item): Sorted {
  const fitting: Waiting[] = [];
  const others: [Waiting, Item][] = [];
  let state = item;
  for (const each of batch) {
    if (holds(changeOf(each), state)) {
      state = changed(state, changeOf(each));
      fitting.push(each);
    } else others.push([each, state]);
  }
  return { fitting, others };
}

function giveUp(waiting: Waiting): void {
  const unsent = waiting.state === 'queued';
  waiting.state = 'over';
  waiting.answer.reject(unsent ? new Unmade('The counter is busy.') : new Error('The counter did not answer in time.'));
}
