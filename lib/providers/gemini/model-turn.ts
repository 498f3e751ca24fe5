import type { JsonObject } from '../../openai/json.ts';
import type { Thought } from '../../openai/thoughts.ts';
import type { Turn } from '../../openai/turns.ts';
import { generationOf, writerOf } from './models.ts';

/**
 * From Gemini 3 on, the first call of each step must be signed. This documented stand-in is for calls that another model
 * made, or whose signature the client lost. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const UNSIGNED = 'skip_thought_signature_validator';
const SIGNED_SINCE = 3;

/** What a model said and called, each part with the signature it came with; signatures of other models stay behind. */
export function toModelParts(turn: Turn & { role: 'assistant' }, model: string): JsonObject[] {
  const { text, thoughts, calls } = turn;
  const writer = writerOf(model);
  const own = (all: readonly Thought[]) => all.filter((thought) => thought.writer === writer);
  const mustSign = generationOf(model) >= SIGNED_SINCE;
  const carried = calls.map((call) => own(call.thoughts));
  const ids = ownIds(turn, model);
  const called = calls.map(({ name, input }, at) => {
    const signature = carried[at]?.find(ofCall)?.signature ?? (mustSign && at === 0 ? UNSIGNED : undefined);
    return { functionCall: { ...ids[at], name, args: input }, ...(signature && { thoughtSignature: signature }) };
  });
  const ofText = [...own(thoughts), ...carried.flat().filter((thought) => !ofCall(thought))];
  return [...toSaid(text, ofText), ...called];
}

/** The signature of a call has no text, not even an empty one. */
const ofCall = ({ text }: Thought) => text === undefined;

/**
 * A text with its signature, and before it the thoughts that are signed themselves. A client may give the same signature
 * back twice, in the details and in the id of a call. Of several on one text, all but the last stand on empty texts.
 */
function toSaid(text: string, thoughts: readonly Thought[]): JsonObject[] {
  const signatures = new Map(thoughts.map(({ signature = '', text: thought = '' }) => [signature, thought]));
  signatures.delete('');
  const parts = [...signatures].map(([thoughtSignature, thought]) => ({
    text: thought,
    ...(thought !== '' && { thought: true }),
    thoughtSignature,
  }));
  if (text === '') return parts;
  const last = parts.at(-1);
  return last === undefined || last.text !== '' ? [...parts, { text }] : [...parts.slice(0, -1), { ...last, text }];
}

/**
 * The ids this model gave its calls; each must stand on its result, too. None for calls without one, which have an id of
 * ours, and for calls of other models: only what is signed by this one was made by it.
 * https://ai.google.dev/api/caching#FunctionCall
 */
export function ownIds({ calls }: Turn & { role: 'assistant' }, model: string): readonly { readonly id?: string }[] {
  const writer = writerOf(model);
  const own = calls.some(({ thoughts }) => thoughts.some((thought) => thought.writer === writer));
  return calls.map(({ id }) => (own && !id.startsWith(MADE) ? { id } : {}));
}

/** How an id begins that we gave to a call without one. */
export const MADE = 'call_req_';
