import type { JsonObject } from '../../openai/json.ts';
import { type Part, type Turn, textOf } from '../../openai/turns.ts';
import { refused } from '../parameters.ts';

/** A conversation as Cohere's messages. A turn in which nothing was said is left out: Cohere takes no empty message. */
export function toMessages(turns: readonly Turn[], provider: string): readonly JsonObject[] {
  return turns.flatMap((turn) => toMessage(turn, provider));
}

function toMessage(turn: Turn, provider: string): readonly JsonObject[] {
  switch (turn.role) {
    case 'system': {
      const content = words(turn.parts, provider);
      return content === '' ? [] : [{ role: 'system', content }];
    }
    case 'user':
      return [{ role: 'user', content: toContent(turn.parts, provider) }];
    case 'assistant': {
      const { text, calls } = turn;
      if (text === '' && calls.length === 0) return [];
      const tool_calls = calls.map(({ id, name, input }) => ({
        id,
        type: 'function',
        function: { name, arguments: JSON.stringify(input) },
      }));
      return [
        {
          role: 'assistant',
          ...(text !== '' && { content: text }),
          ...(tool_calls.length > 0 && { tool_calls }),
        },
      ];
    }
    case 'tool':
      return [{ role: 'tool', tool_call_id: turn.id, content: words(turn.parts, provider) }];
  }
}

function toContent(parts: readonly Part[], provider: string): string | readonly JsonObject[] {
  if (parts.every(({ kind }) => kind === 'text')) return textOf(parts);
  return parts.filter((part) => part.kind !== 'text' || part.text !== '').map((part) => toPart(part, provider));
}

function toPart(part: Part, provider: string): JsonObject {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: { url: part.url } };
    default:
      throw foreign(part, provider);
  }
}

/** Text alone, where Cohere takes nothing else. */
function words(parts: readonly Part[], provider: string): string {
  for (const part of parts) if (part.kind !== 'text') throw foreign(part, provider);
  return textOf(parts);
}

const foreign = (part: Exclude<Part, { kind: 'text' }>, provider: string) =>
  refused(part.param, provider, `${provider} takes no ${part.kind === 'file' ? 'documents' : part.kind} there`);
