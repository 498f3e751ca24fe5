import { chat } from '../../lib/pipeline/chat.ts';
import type { Answered } from '../../lib/pipeline/reply.ts';
import type { World } from '../../lib/world.ts';
import { arriving } from './bytes.ts';
import type { Made } from './cachings.ts';
import { type FakeWorld, messages, visitOf } from './world.ts';

/** One request to a provider in memory. */
type Request = {
  readonly answer: (text: string, status?: number) => void;
  /** Begins an answer that never ends. */
  readonly begin: (...pieces: readonly string[]) => void;
  readonly signal: AbortSignal;
};

/** A provider in memory that answers only when it is told to. */
export function gatedSend() {
  const asked: Request[] = [];
  const send: World['send'] = (_, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<World['send']>>>();
    signal.addEventListener('abort', () => reject(signal.reason));
    const answer = (text: string, status = 200) =>
      resolve({ status, headers: {}, body: arriving([Buffer.from(text)]) });
    const begin = (...pieces: readonly string[]) => resolve({ status: 200, headers: {}, body: begun(pieces, signal) });
    asked.push({ answer, begin, signal });
    return promise;
  };
  return { send, asked };
}

async function* begun(pieces: readonly string[], signal: AbortSignal): AsyncIterable<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

/** What became of a call, and what is left to do after it. */
export type Calling = {
  readonly hangUp: () => void;
  /** Resolves once its answer is certain; never fails. */
  readonly answered: Promise<{ readonly answer: Answered } | { readonly failure: unknown }>;
  /** Reads the answer to its end. */
  readonly text: () => Promise<string>;
  readonly cache: () => Promise<string | undefined>;
  readonly afterwards: () => Promise<void>;
};

/** Makes a call of `lab/m` in a world. */
export function calling(world: FakeWorld, { fields, headers }: Made = {}): Calling {
  const works: (() => Promise<void>)[] = [];
  const caller = new AbortController();
  const visit = visitOf(
    { model: 'lab/m', messages, ...fields },
    {
      id: world.newId(),
      startedAt: world.now(),
      startedTick: world.tick(),
      signal: caller.signal,
      headers: headers ?? {},
    },
  );
  const answered = chat(visit, world, (work) => void works.push(work)).then(
    (answer) => ({ answer }),
    (failure: unknown) => ({ failure }),
  );
  const answerOf = async () => {
    const outcome = await answered;
    if ('failure' in outcome) throw outcome.failure;
    return outcome.answer;
  };
  return {
    hangUp: () => caller.abort(new Error('hung up')),
    answered,
    text: async () => (await Array.fromAsync((await answerOf()).body)).join(''),
    cache: async () => (await answerOf()).headers['x-sluice-cache'],
    afterwards: async () => void (await Promise.allSettled(works.map((work) => work()))),
  };
}
