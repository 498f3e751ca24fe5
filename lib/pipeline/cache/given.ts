import { asGatewayError } from '../../errors.ts';
import type { ChatCompletion, ChatStream } from '../../openai/answer.ts';
import { unfold } from '../../openai/unfold.ts';
import type { Given, Recalled } from '../../recall.ts';
import type { ChatAnswer } from '../open-chat.ts';
import type { Tally } from '../tally.ts';
import type { Visit } from '../visit.ts';
import { fromText } from './kept-text.ts';

/** An answer that was kept, and where it comes from. */
export type Remembered = { readonly given: Given; readonly completion: ChatCompletion };

/** What is kept of an answer of this model, as one to be given again. */
export function toRemembered(
  { text, source, askedAt, nanoDollars, tookMs }: Recalled,
  from: Pick<Given, 'from' | 'model' | 'key' | 'score'>,
): Remembered {
  const { completion, dropped } = fromText(text);
  return { completion, given: { ...from, dropped, source, askedAt, saved: () => ({ nanoDollars, ms: tookMs }) } };
}

/** Gives a kept answer as if it had just been made: streamed or whole, as it is asked for. */
export function give({ given, completion }: Remembered, tally: Tally): ChatAnswer {
  tally.gives(given);
  const fresh = { ...completion, ...stampOf(tally.visit) };
  if (tally.ask.request.stream) return { kind: 'stream', chunks: noted(unfold(fresh), tally) };
  tally.finishes(completion.choices[0]?.finish_reason);
  tally.succeeded();
  return { kind: 'whole', completion: fresh };
}

/** What makes an answer this visit's own. */
export const stampOf = ({ id, startedAt }: Visit) => ({
  id: `chatcmpl-${id}`,
  created: Math.floor(startedAt / 1000),
});

/** Notes how an answer that costs nothing passes. */
export async function* noted(chunks: ChatStream, tally: Tally): ChatStream {
  try {
    for await (const batch of chunks) {
      for (const { choices } of batch) tally.finishes(choices.at(-1)?.finish_reason);
      yield batch;
    }
    tally.succeeded();
  } catch (error) {
    tally.failed(asGatewayError(error));
    throw error;
  }
}
