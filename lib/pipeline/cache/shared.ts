import type { ChatChunk, ChatStream } from '../../openai/answer.ts';
import { inTime } from '../../wire/in-time.ts';
import { bytesSaid } from '../bytes-said.ts';
import type { Company } from './company.ts';

/** A stream that several read, each from its beginning and at its own pace. */
export type Shared = {
  /** For the one whose call it is. Left early, it goes on to its end for as long as others read it. */
  readonly own: () => ChatStream;
  /** For another, until its signal fires; undefined where its beginning is forgotten, or it has failed already. */
  readonly read: (signal: AbortSignal) => ChatStream | undefined;
  /** The whole stream, once it has ended well; undefined where it has not, or is too long to be kept in memory for nobody. */
  readonly whole: () => readonly (readonly ChatChunk[])[] | undefined;
};

/** More than any answer that is worth keeping. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A chunk weighs about so much besides what it says. */
const CHUNK_BYTES = 200;

/** Shares a stream with those who join its company. Whoever is furthest ahead pulls: a reader who stops keeps nobody waiting. */
export function shared(source: ChatStream, { others, close: closed }: Pick<Company, 'others' | 'close'>): Shared {
  const iterator = source[Symbol.asyncIterator]();
  let batches: (readonly ChatChunk[])[] = [];
  let bytes = 0;
  let forgotten = 0;
  let state: 'running' | 'ended' | { readonly error: unknown } = 'running';
  let pulling: Promise<void> | undefined;

  const pull = (): Promise<void> => {
    pulling ??= iterator.next().then(
      (step) => {
        pulling = undefined;
        if (step.done) state = 'ended';
        else {
          batches.push(step.value);
          bytes += step.value.reduce((sum, chunk) => sum + weightOf(chunk), 0);
        }
      },
      (error: unknown) => {
        pulling = undefined;
        state = { error };
      },
    );
    return pulling;
  };
  const close = async (): Promise<void> => {
    if (state !== 'running') return;
    state = { error: new Error('Its readers have left.') };
    await iterator.return?.();
  };
  async function* from(waited: (work: Promise<void>) => Promise<void>, forgets: () => boolean): ChatStream {
    for (let at = 0; ; at++) {
      while (at >= forgotten + batches.length && state === 'running') await waited(pull());
      const batch = batches[at - forgotten];
      if (batch === undefined) break;
      yield batch;
      // Once its beginning is forgotten nobody may come who would have to begin there.
      if (bytes > MOST_BYTES && forgets()) {
        forgotten += batches.length;
        batches = [];
        bytes = 0;
      }
    }
    if (typeof state === 'object') throw state.error;
  }

  return {
    async *own() {
      try {
        yield* from((work) => work, closed);
      } finally {
        while (state === 'running' && others()) await pull();
        await close();
      }
    },
    read: (signal) => {
      const waited = (work: Promise<void>) => inTime(work, signal);
      return forgotten > 0 || typeof state === 'object' ? undefined : from(waited, () => false);
    },
    whole: () => (state === 'ended' && forgotten === 0 ? batches : undefined),
  };
}

const weightOf = ({ choices }: ChatChunk): number =>
  choices.reduce((sum, { delta }) => sum + bytesSaid(delta), CHUNK_BYTES);
