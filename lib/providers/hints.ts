import { isObject, type Json } from '../openai/json.ts';
import type { ChatMessage, ChatRequest } from '../openai/request.ts';
import type { DialectName } from './parameters.ts';

/** The dialects with a place for the caller's hints on what to cache. */
const CACHING: readonly DialectName[] = ['anthropic', 'converse'];

/** Hints inside messages that a native dialect has no place for, each named once: who speaks, how closely to look, what to cache. */
export function unsaidHints({ messages }: ChatRequest, dialect: DialectName): readonly string[] {
  const hints = new Set<string>();
  for (const message of messages) {
    if (typeof message.name === 'string') hints.add('messages.name');
    for (const part of partsOf(message)) {
      const { image_url, cache_control, type } = part;
      const detail = isObject(image_url) ? image_url.detail : undefined;
      if (typeof detail === 'string' && detail !== 'auto') hints.add('image_url.detail');
      const kept = CACHING.includes(dialect) && type === 'text' && message.role !== 'assistant';
      if (isObject(cache_control) && !kept) hints.add('cache_control');
    }
  }
  return [...hints];
}

const partsOf = ({ content }: ChatMessage) =>
  Array.isArray(content) ? content.filter((part: Json) => isObject(part)) : [];
