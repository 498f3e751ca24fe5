import type { JsonObject } from '../../openai/json.ts';
import type { Going } from '../going.ts';
import type { ChatAnswer } from '../open-chat.ts';
import type { Guards } from './guards.ts';

/** A call on its way, as far as guardrails have to do with it. */
export type Guarded = Pick<Going, 'patience' | 'tally' | 'hold' | 'world'>;

/** What guardrails do for a call. */
export type Guardrails = {
  /** Lets a request through; throws the refusal of one that may not pass. */
  readonly request: (request: JsonObject) => Promise<void>;
  /** The answer with nothing in it that may not pass. */
  readonly answer: (answer: ChatAnswer) => Promise<ChatAnswer>;
};

/** The guardrails of a call. Where there are none nothing is done and nothing waits; what asks them is loaded by those who have some. */
export function guardrailsOf(guards: Guards | undefined, call: Guarded): Guardrails {
  const none: Guardrails = { request: async () => {}, answer: async (answer) => answer };
  if (guards === undefined) return none;
  let opened: Promise<Guardrails> | undefined;
  const open = () => {
    opened ??= import('./guardrail-checks.ts').then(({ checks }) => checks(guards, call));
    return opened;
  };
  return {
    request: async (request) => (await open()).request(request),
    answer: guards.output.length === 0 ? none.answer : async (answer) => (await open()).answer(answer),
  };
}
