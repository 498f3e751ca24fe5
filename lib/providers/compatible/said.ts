import { type Wire, wireList, wireObject, wireText } from '../wire.ts';

/**
 * What a delta or a message says, in OpenAI's fields: content as text, never a list, and thoughts as
 * `reasoning_content`, under whatever name they came. Its role and its tool calls are left to the caller.
 */
export function toSaid({ role: _, tool_calls: __, reasoning_content, reasoning, ...rest }: Wire): Wire {
  if (typeof rest.content === 'string' && !reasoning_content && !reasoning) return rest; // as nearly all are
  const { thinking, ...content } = toContent(rest.content);
  const thought = wireText(thinking) ?? wireText(reasoning_content) ?? wireText(reasoning);
  const unread = typeof reasoning === 'object' && reasoning !== null ? { reasoning } : {};
  return { ...rest, ...unread, ...content, ...(thought !== undefined && { reasoning_content: thought }) };
}

/** True when a reader would see something of it. */
export const speaks = (said: Wire): boolean =>
  Object.entries(said).some(([name, value]) => name !== 'role' && present(value));

/** True for a value that holds something: OpenRouter fills empty chunks with '', null and []. */
export const present = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

/** Content that is no text: as Mistral gives it, or what a text should be made of, or nothing. */
function toContent(content: unknown): Wire {
  if (Array.isArray(content)) return fromParts(wireList(content));
  if (typeof content === 'object' && content !== null) return fromParts([wireObject(content)]);
  return content === undefined || content === null ? {} : { content: String(content) };
}

/** Mistral's content: a list of text, thinking and references. https://docs.mistral.ai/capabilities/reasoning */
function fromParts(parts: readonly Wire[]): Wire {
  const of = (wanted: string) => parts.filter(({ type }) => type === wanted);
  const others = parts.filter(({ type }) => type !== 'text' && type !== 'thinking');
  return {
    content: of('text').map(wordsOf).join(''),
    thinking: of('thinking').map(thoughtOf).join(''),
    ...(others.length > 0 && { content_parts: others }),
  };
}

const wordsOf = ({ text }: Wire): string => wireText(text) ?? '';

const thoughtOf = ({ thinking }: Wire): string => wireText(thinking) ?? wireList(thinking).map(wordsOf).join('');
