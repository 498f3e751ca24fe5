import type { ChatCompletion } from '../openai/answer.ts';

/** What of an answer is kept. */
export type Kept = { readonly completion: ChatCompletion; readonly dropped: readonly string[] };

/** An answer as it is written down. */
export const toText = ({ completion, dropped }: Kept): string => JSON.stringify({ completion, dropped });

/** An answer as it was written down; throws for what nobody of this house can have written. */
export function fromText(text: string): Kept {
  const kept: unknown = JSON.parse(text);
  if (typeof kept === 'object' && kept !== null && 'completion' in kept && 'dropped' in kept) return kept as Kept;
  throw new Error('A kept answer cannot be read.');
}
