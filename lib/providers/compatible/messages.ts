import { plainId } from '../../openai/carried.ts';
import { isObject, type Json } from '../../openai/json.ts';
import type { ChatMessage } from '../../openai/request.ts';
import { fromDetails } from '../../openai/thoughts.ts';
import type { Quirks } from './quirks.ts';

/** A request's messages as the vendor takes them; one that needs no change is passed as it is. */
export function toMessages(messages: readonly ChatMessage[], quirks: Quirks): readonly ChatMessage[] {
  return messages.map((message) => {
    const changes = changesOf(message, quirks);
    return Object.keys(changes).length === 0 ? message : { ...message, ...changes };
  });
}

/** True when somebody in the conversation is named: not everybody takes names. */
export const named = (messages: readonly ChatMessage[]): boolean => messages.some(isNamed);

const isNamed = ({ role, name }: ChatMessage): boolean =>
  name !== undefined && name !== null && role !== 'tool' && role !== 'function';

/** What of a message must be different; `undefined` takes a field away. */
function changesOf(message: ChatMessage, quirks: Quirks): Partial<ChatMessage> {
  const name = quirks.nameless && isNamed(message) ? { name: undefined } : {};
  switch (message.role) {
    case 'developer':
      return quirks.developer ? name : { ...name, role: 'system' };
    case 'assistant':
      return { ...knownOf(message, quirks), ...name, ...thoughtsOf(message, quirks), ...callsOf(message, quirks) };
    case 'tool': {
      const { tool_call_id: id } = message;
      const own = typeof id === 'string' ? toToolId(id, quirks) : id;
      return own === id ? name : { ...name, tool_call_id: own };
    }
    default:
      return name;
  }
}

function callsOf({ tool_calls: calls }: ChatMessage, quirks: Quirks): Partial<ChatMessage> {
  if (!Array.isArray(calls)) return {};
  const own = calls.map((call: Json) => {
    if (!isObject(call) || typeof call.id !== 'string') return call;
    const id = toToolId(call.id, quirks);
    return id === call.id ? call : { ...call, id };
  });
  return own.every((call, at) => call === calls[at]) ? {} : { tool_calls: own };
}

/** The vendor's id of a call: without the thoughts our ids carry, for no vendor here wrote them. */
function toToolId(id: string, { toolId }: Quirks): string {
  const plain = plainId(id);
  return toolId?.(plain) ?? plain;
}

/** An assistant's thoughts where the vendor wants them, and those another model signed nowhere. */
function thoughtsOf(message: ChatMessage, { reasoning, details }: Quirks): Partial<ChatMessage> {
  const { reasoning_content: thought, reasoning_details: written } = message;
  const kept = details && Array.isArray(written) ? written.filter((detail: Json) => !ours(detail)) : [];
  return {
    ...(reasoning &&
      thought !== undefined && { reasoning_content: undefined, reasoning: message.reasoning ?? thought }),
    ...(written !== undefined && { reasoning_details: kept.length === 0 ? undefined : kept }),
  };
}

/** True for a thought that a native dialect of ours passed on: only its writer may see it again. */
const ours = (detail: Json): boolean => fromDetails([detail]).length > 0;

/** Takes away what the vendor would refuse; a refusal that has no field is still what was said. */
function knownOf(message: ChatMessage, { assistant }: Quirks): Partial<ChatMessage> {
  if (assistant === undefined) return {};
  const said = message.content ?? (assistant.includes('refusal') ? undefined : message.refusal);
  const refusals = said === message.content || said === undefined ? {} : { content: said };
  const unknown = Object.keys(message).filter((name) => !assistant.includes(name) || isEmpty(name, message[name]));
  return { ...Object.fromEntries(unknown.map((name) => [name, undefined])), ...refusals };
}

const isEmpty = (name: string, value: Json | undefined): boolean => name !== 'content' && value === null;
