import type { ChatCompletion } from '../../openai/answer.ts';
import { fold } from '../../openai/fold.ts';
import type { Given, Landed } from '../../recall.ts';
import type { ChatAnswer } from '../open-chat.ts';
import type { Company } from './company.ts';
import { shared } from './shared.ts';

/** An answer that one call gets, others may have, and that may be kept. */
export type Held = {
  /** For the call that gets it. */
  readonly own: ChatAnswer;
  /** For those who joined. */
  readonly landed: Landed;
  /** All of it, once it has ended well; undefined until then, and where it never does. */
  readonly whole: () => Promise<ChatCompletion | undefined>;
};

/** Holds an answer, and where it comes from as those who joined are told. */
export function held(answer: ChatAnswer, given: Given, company: Company): Held {
  if (answer.kind === 'whole') {
    const { completion } = answer;
    return { own: answer, landed: { given, kind: 'whole', completion }, whole: async () => completion };
  }
  const { own, read, whole } = shared(answer.chunks, company);
  return {
    own: { kind: 'stream', chunks: own() },
    landed: { given, kind: 'stream', read },
    whole: async () => {
      const batches = whole();
      return batches && fold(each(batches));
    },
  };
}

async function* each<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items;
}
