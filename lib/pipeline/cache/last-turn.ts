import { isObject, type Json } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';

/** What a user said last, and all else of the request, with a gap in its place. */
export type LastTurn = { readonly text: string; readonly rest: ChatRequest };

/** Longer is no question that somebody puts into other words; and embedding models read only so much. */
const MOST_CHARACTERS = 8_000;

/** The last turn of a request; undefined where that is not a user's, or has no text to compare. */
export function lastTurn(request: ChatRequest): LastTurn | undefined {
  const last = request.messages.at(-1);
  if (last?.role !== 'user') return undefined;
  const { content, ...more } = last;
  const { texts, others } = parted(content);
  const text = normal(texts.join('\n'));
  if (text === undefined || text === '') return undefined;
  return { text, rest: { ...request, messages: [...request.messages.slice(0, -1), { ...more, content: others }] } };
}

/** A text with one way to write each letter; undefined where that, or the text itself, is too long. */
function normal(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS) return undefined; // before all else: one letter may become eighteen
  // What is raised or a fraction would else be a plain digit: 5² is not 52.
  const plain = text
    .replace(/\p{No}/gu, ' ^$&')
    .normalize('NFKC')
    .trim();
  return plain.length > MOST_CHARACTERS ? undefined : plain;
}

/** The texts of a content, and its other parts, such as images, each in its place. */
function parted(content: Json | undefined): { readonly texts: readonly string[]; readonly others: readonly Json[] } {
  if (typeof content === 'string') return { texts: [content], others: [] };
  const parts: readonly Json[] = Array.isArray(content) ? content : [];
  const textOf = (part: Json) =>
    isObject(part) && part.type === 'text' && typeof part.text === 'string' ? part.text : undefined;
  return {
    texts: parts.flatMap((part) => textOf(part) ?? []),
    // A text alone is the same in a list and out of it; among images its place may matter.
    others: parts.every((part) => textOf(part) !== undefined)
      ? []
      : parts.map((part) => (textOf(part) === undefined ? part : null)),
  };
}
