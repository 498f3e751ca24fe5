import { GatewayError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/** A chat request in OpenAI's words, validated where we depend on it; fields we do not know are kept as they came. */
export type ChatRequest = JsonObject & {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean | null } | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly n?: number | null;
  readonly user?: string | null;
  readonly safety_identifier?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

export type ChatMessage = JsonObject & { readonly role: string };

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

type Check = (value: Json, param: string) => void;

/** The fields we depend on, or that are refused in the same words by every provider. `null` always means "not given". */
const checks: Readonly<Record<string, Check>> = {
  messages: (value, param) => {
    const messages = list(value, param);
    if (messages.length === 0) throw invalid(param, 'must hold at least one message');
    messages.forEach((message, at) => {
      checkMessage(message, `${param}[${at}]`);
    });
  },
  stream: boolean,
  stream_options: (value, param) => {
    const options = object(value, param);
    if (present(options.include_usage)) boolean(options.include_usage, `${param}.include_usage`);
  },
  max_tokens: integerFrom(1),
  max_completion_tokens: integerFrom(1),
  n: integerFrom(1),
  temperature: numberWithin(0, 2),
  top_p: numberWithin(0, 1),
  presence_penalty: numberWithin(-2, 2),
  frequency_penalty: numberWithin(-2, 2),
  seed: number,
  stop: (value, param) => {
    if (typeof value !== 'string') list(value, param).forEach((each, at) => void string(each, `${param}[${at}]`));
  },
  tools: (value, param) => {
    list(value, param).forEach((tool, at) => {
      checkTool(tool, `${param}[${at}]`);
    });
  },
  tool_choice: (value, param) => void (typeof value === 'string' || object(value, param)),
  parallel_tool_calls: boolean,
  response_format: (value, param) => void string(object(value, param).type, `${param}.type`),
  user: string,
  safety_identifier: string,
  metadata: (value, param) => {
    for (const [name, each] of Object.entries(object(value, param))) string(each, `${param}.${name}`);
  },
};

const checked = Object.entries(checks);

/** Reads a parsed body as a chat request, or says which field is wrong and how. */
export function toChatRequest(body: Json): ChatRequest {
  if (!isObject(body)) throw new GatewayError('invalid_request_error', { message: 'The body must be a JSON object.' });
  if (!present(body.model) || body.model === '') throw invalid('model', 'is required: name a model as provider/model');
  // It stands in a response header and in every record.
  if (!/^[\x20-\x7e]{1,512}$/.test(string(body.model, 'model')))
    throw invalid('model', 'must be at most 512 printable ASCII characters');
  if (!present(body.messages)) throw invalid('messages', 'is required');
  for (const [name, check] of checked) {
    const value = body[name];
    if (present(value)) check(value, name);
  }
  return body as ChatRequest; // every field the type names has been checked above
}

function checkMessage(value: Json, param: string): void {
  const message = object(value, param);
  const role = string(message.role, `${param}.role`);
  if (!ROLES.has(role))
    throw invalid(`${param}.role`, `is ${JSON.stringify(role)}; it must be one of ${[...ROLES].join(', ')}`);
  const { content } = message;
  if (!present(content)) {
    if (role === 'assistant' || role === 'function') return;
    throw invalid(`${param}.content`, `is required in a message with role ${role}`);
  }
  if (typeof content === 'string') return;
  list(content, `${param}.content`).forEach((part, at) => {
    string(object(part, `${param}.content[${at}]`).type, `${param}.content[${at}].type`);
  });
}

function checkTool(value: Json, param: string): void {
  const tool = object(value, param);
  if (string(tool.type, `${param}.type`) !== 'function') return;
  string(object(tool.function, `${param}.function`).name, `${param}.function.name`);
}

const invalid = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });

const present = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;

function object(value: Json | undefined, param: string): JsonObject {
  if (isObject(value)) return value;
  throw invalid(param, 'must be an object');
}

function list(value: Json | undefined, param: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw invalid(param, 'must be an array');
}

function string(value: Json | undefined, param: string): string {
  if (typeof value === 'string') return value;
  throw invalid(param, 'must be a string');
}

function boolean(value: Json, param: string): void {
  if (typeof value !== 'boolean') throw invalid(param, 'must be true or false');
}

function number(value: Json, param: string): void {
  if (typeof value !== 'number') throw invalid(param, 'must be a number');
}

function numberWithin(least: number, most: number): Check {
  return (value, param) => {
    if (typeof value !== 'number' || value < least || value > most)
      throw invalid(param, `must be a number from ${least} to ${most}`);
  };
}

function integerFrom(least: number): Check {
  return (value, param) => {
    if (!Number.isSafeInteger(value) || Number(value) < least)
      throw invalid(param, `must be a whole number of at least ${least}`);
  };
}
