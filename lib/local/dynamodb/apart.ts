/** Does a piece of work when nothing is in its way; gives what it gives, or fails as it fails. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export type Apart = { readonly alone: Turn; readonly beside: Turn };

/** Keeps some work apart: what is done alone has nothing beside it, all else may. In the order in which it is asked for. */
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
