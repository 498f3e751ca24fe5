import type { JsonObject } from '../openai/json.ts';
import type { Going } from './going.ts';
import type { ChatAnswer } from './open-chat.ts';
import type { Screening } from './screening.ts';

/** A call on its way, as far as guardrails have to do with it. */
export type Screened = Pick<Going, 'patience' | 'tally' | 'hold' | 'world'> & {
  /** Undefined where there are none: then nothing is done, and nothing waits. */
  readonly screening: Screening | undefined;
};

/** Lets a request through its guardrails; throws the refusal of one that may not pass. What does that is loaded by those who have some. */
export async function screenRequest(request: JsonObject, call: Screened): Promise<void> {
  const { screening } = call;
  if (screening === undefined || screening.input.length === 0) return;
  const { screened } = await import('./screened.ts');
  await screened(screening, call).request(request);
}

/** The answer to a request, whoever gives it, both through their guardrails: what may not pass is never asked, and never shown. */
export async function behindGuardrails(
  request: JsonObject,
  call: Screened,
  answer: () => Promise<ChatAnswer>,
): Promise<ChatAnswer> {
  const { screening } = call;
  await screenRequest(request, call);
  if (screening === undefined || screening.output.length === 0) return answer();
  const { screened } = await import('./screened.ts');
  return screened(screening, call).answer(await answer());
}
