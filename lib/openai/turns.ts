import { GatewayError } from '../errors.ts';
import { parseJson } from '../json-text.ts';
import { type Carried, plainId, unfolding } from './carried.ts';
import { toFileData } from './file-data.ts';
import { isObject, type Json, type JsonObject, tooDeep } from './json.ts';
import type { ChatMessage, ChatRequest } from './request.ts';
import { fromDetails, type Thought } from './thoughts.ts';

/** A piece of content, in neutral words. */
export type Part =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** The caller's hint to cache the prompt up to here, in Anthropic's words, as other gateways take it too. */
      readonly cacheControl?: JsonObject;
    }
  /** `url` is https, or a data: URL. */
  | { readonly kind: 'image'; readonly url: string; readonly param: string }
  | {
      readonly kind: 'file';
      /** Base64; of a text in UTF-8. */
      readonly data?: string;
      readonly mediaType?: string;
      /** What it says, where it is a text. */
      readonly text?: string;
      readonly name?: string;
      readonly id?: string;
      readonly param: string;
    }
  | { readonly kind: 'audio'; readonly data: string; readonly format: string; readonly param: string };

/** A call of a tool, with the thoughts that led to it where its id carries them. */
export type Call = Carried & { readonly name: string; readonly input: JsonObject };

/** A message in neutral words, for dialects that are not OpenAI's. */
export type Turn =
  | { readonly role: 'system'; readonly parts: readonly Part[] }
  | { readonly role: 'user'; readonly parts: readonly Part[] }
  | {
      readonly role: 'assistant';
      /** What it said, refusals included. */
      readonly text: string;
      /** Thoughts the client echoed in `reasoning_details`; the calls may carry others. */
      readonly thoughts: readonly Thought[];
      readonly calls: readonly Call[];
    }
  | { readonly role: 'tool'; readonly id: string; readonly parts: readonly Part[] };

/** A request's messages as turns. What cannot be read is the caller's mistake, named by its path. */
export function toTurns({ messages }: ChatRequest): readonly Turn[] {
  const unfold = unfolding();
  return messages.map((message, at) => toTurn(message, `messages[${at}]`, unfold));
}

function toTurn(message: ChatMessage, param: string, unfold: (id: string) => Carried): Turn {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: toParts(message.content, `${param}.content`) };
    case 'assistant':
      return {
        role: 'assistant',
        text: saidIn(toParts(message.content, `${param}.content`)) || wordsOf(message.refusal),
        thoughts: fromDetails(message.reasoning_details),
        calls: listOf(message.tool_calls).map((call, at) => toCall(call, `${param}.tool_calls[${at}]`, unfold)),
      };
    case 'tool': {
      if (typeof message.tool_call_id !== 'string') throw invalid(`${param}.tool_call_id`, 'is required');
      return {
        role: 'tool',
        id: plainId(message.tool_call_id),
        parts: toParts(message.content, `${param}.content`),
      };
    }
    case 'user':
      return { role: 'user', parts: toParts(message.content, `${param}.content`) };
    default:
      throw new GatewayError('unsupported_parameter', {
        param: `${param}.role`,
        message: `This provider has no messages with role ${message.role}; use tool calls and role tool instead.`,
      });
  }
}

/** The text of parts, put together as it stands. */
export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

/** What an assistant said: these providers are given no media as its own. */
function saidIn(parts: readonly Part[]): string {
  for (const part of parts)
    if (part.kind !== 'text')
      throw new GatewayError('unsupported_parameter', {
        param: part.param,
        message: `${part.param} holds ${part.kind} content of an assistant, which this provider cannot be given. Move it to a user message.`,
      });
  return textOf(parts);
}

function toParts(content: Json | undefined, param: string): readonly Part[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return listOf(content).map((part, at) => toPart(objectOf(part), `${param}[${at}]`));
}

function toPart(part: JsonObject, param: string): Part {
  switch (part.type) {
    case 'text': {
      const hint = isObject(part.cache_control) ? { cacheControl: part.cache_control } : {};
      return { kind: 'text', text: needed(part.text, `${param}.text`), ...hint };
    }
    case 'refusal':
      return { kind: 'text', text: needed(part.refusal, `${param}.refusal`) };
    case 'image_url': {
      const url = typeof part.image_url === 'string' ? part.image_url : objectOf(part.image_url).url;
      return { kind: 'image', url: needed(url, `${param}.image_url.url`), param };
    }
    case 'file':
      return toFile(objectOf(part.file), param);
    case 'input_audio': {
      const audio = objectOf(part.input_audio);
      const data = needed(audio.data, `${param}.input_audio.data`);
      return { kind: 'audio', data, format: needed(audio.format, `${param}.input_audio.format`), param };
    }
    default:
      throw new GatewayError('unsupported_parameter', {
        param,
        message: `${param} is of type ${JSON.stringify(part.type)}, which this provider cannot be given.`,
      });
  }
}

function toFile(file: JsonObject, param: string): Part {
  const name = typeof file.filename === 'string' ? { name: file.filename } : {};
  if (typeof file.file_id === 'string') return { kind: 'file', id: file.file_id, ...name, param };
  const given = needed(file.file_data, `${param}.file.file_data`);
  return { kind: 'file', ...toFileData(given, name.name, `${param}.file`), ...name, param };
}

function toCall(value: Json, param: string, unfold: (id: string) => Carried): Call {
  const call = objectOf(value);
  const called = objectOf(call.function);
  const name = needed(called.name, `${param}.function.name`);
  return {
    ...unfold(needed(call.id, `${param}.id`)),
    name,
    input: toInput(called.arguments, `${param}.function.arguments`),
  };
}

/** Arguments as the object they spell. No arguments come as '', '{}' or 'null'. */
function toInput(given: Json | undefined, param: string): JsonObject {
  const value = typeof given === 'string' ? spelt(given, param) : given;
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw invalid(param, 'must be a JSON object');
}

function spelt(text: string, param: string): Json {
  if (text.trim() === '') return null;
  if (tooDeep(text)) throw invalid(param, 'is nested too deep');
  try {
    return parseJson(text);
  } catch (cause) {
    throw new GatewayError('invalid_request_error', {
      param,
      message: `${param} is not valid JSON, which this provider needs.`,
      cause,
    });
  }
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const wordsOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

function needed(value: Json | undefined, param: string): string {
  if (typeof value === 'string') return value;
  throw invalid(param, 'must be a string');
}

const invalid = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
