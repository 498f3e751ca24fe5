import type { World } from '../world.ts';
import { watchWaits } from './waits.ts';

/** The longest a client of a stream hears nothing; what stands between may give up after a minute. */
const SILENCE_MS = 15_000;
/** A comment: clients of server-sent events pass over it. https://html.spec.whatwg.org/multipage/server-sent-events.html */
const PING = ': ping\n\n';

/** What work comes to, or undefined where it takes so long that the client should hear of us first. */
export function inGoodTime<Result>(work: Promise<Result>, { timer }: World): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = timer(SILENCE_MS, () => resolve(undefined));
    work.finally(cancel).then(resolve, reject);
  });
}

/** A stream whose client has waited long for anything: it hears of us at once, for the head leaves with the first piece. */
export async function* atOnce(pieces: AsyncIterable<string>): AsyncIterable<string> {
  const iterator = pieces[Symbol.asyncIterator]();
  let begun = false;
  try {
    yield PING;
    for (let step = await next(); !step.done; step = await next()) yield step.value;
  } finally {
    // What nobody begins cannot end, and others may wait for it.
    if (!begun) await next();
    await iterator.return?.();
  }

  function next() {
    begun = true;
    return iterator.next();
  }
}

/** Passes the pieces of a stream on, and a comment in between for each time nothing came for long. */
export async function* alive(pieces: AsyncIterable<string>, world: World): AsyncIterable<string> {
  const iterator = pieces[Symbol.asyncIterator]();
  let wake = () => {};
  const waits = watchWaits(SILENCE_MS, world, () => wake());
  const heard = (next: Promise<IteratorResult<string>>) =>
    new Promise<IteratorResult<string> | undefined>((resolve, reject) => {
      wake = () => resolve(undefined);
      next.then(resolve, reject);
    });
  try {
    for (;;) {
      const next = iterator.next();
      waits.begin();
      let step = await heard(next);
      for (; step === undefined; step = await heard(next)) yield PING;
      waits.end();
      if (step.done) return;
      yield step.value;
    }
  } finally {
    waits.stop();
    await iterator.return?.();
  }
}
