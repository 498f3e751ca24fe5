/**
 * Does a piece of work when nothing is in its way; gives what it gives, or fails as it fails. Work must not wait for a turn
 * of its own to do more: the turn may be behind the work, and both then wait for ever.
 */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export type Apart = {
  /** With nothing else under way. */
  readonly alone: Turn;
  /** With others that may be beside others, too. */
  readonly beside: Turn;
};

/**
 * Keeps some work apart, as a lock of readers and writers does: what is done alone has nothing beside it, all else may.
 * Everything begins in the order in which it is asked for.
 */
export function apart(): Apart {
  let last: Promise<unknown> = Promise.resolve(); // of what is done alone
  const others = new Set<Promise<unknown>>();
  return {
    alone: (work) => {
      const done = Promise.allSettled([last, ...others]).then(() => work());
      last = done.catch(() => {});
      return done;
    },
    beside: (work) => {
      const done = last.then(() => work());
      const over: Promise<unknown> = done.catch(() => {}).finally(() => others.delete(over));
      others.add(over);
      return done;
    },
  };
}
