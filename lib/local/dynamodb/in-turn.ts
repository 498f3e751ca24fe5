/** Does a piece of work when all that were asked for before are over, however they ended. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** One piece of work after the other. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
}
