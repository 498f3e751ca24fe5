import { parseJson } from '../../json-text.ts';
import type { ChatCompletion } from '../../openai/answer.ts';
import { isObject, type Json } from '../../openai/json.ts';

/** What of an answer is kept. */
export type Kept = { readonly completion: ChatCompletion; readonly dropped: readonly string[] };

/** An answer as it is written down. */
export const toText = ({ completion, dropped }: Kept): string => JSON.stringify({ completion, dropped });

/** An answer as it was written down; throws for what nobody of this house can have written, for it would fail whoever it is given to. */
export function fromText(text: string): Kept {
  const kept: Json = parseJson(text);
  if (isObject(kept) && isCompletion(kept.completion) && Array.isArray(kept.dropped)) return kept as unknown as Kept;
  throw new Error('A kept answer cannot be read.');
}

const isCompletion = (completion: Json | undefined): boolean =>
  isObject(completion) && Array.isArray(completion.choices) && completion.choices.every(isChoice);

const isChoice = (choice: Json): boolean => isObject(choice) && isObject(choice.message);
