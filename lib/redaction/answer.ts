import type { ChatCompletion } from '../openai/answer.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import type { Restoring, Vault } from './vault.ts';

/** How the values of a call come back in its answers. */
export type Way = {
  readonly vault: Vault;
  /** For an answer's text, which is JSON where the caller asked for it. */
  readonly content: Restoring;
};

/** The way back for the answer to a request. */
export function wayBack(request: JsonObject, vault: Vault): Way {
  const format = isObject(request.response_format) ? request.response_format.type : undefined;
  const json = format === 'json_object' || format === 'json_schema';
  return { vault, content: json ? vault.inJson : vault.inText };
}

/** How the field of a message or a delta comes back. */
export const fieldWay = (name: string, { vault, content }: Way): Restoring =>
  name === 'content' ? content : vault.inText;

/** What stays as the model wrote it: signed and encrypted thoughts are of use only unchanged, and ids are nobody's text. */
export const UNCHANGED = new Set(['role', 'id', 'reasoning_details', 'tool_call_id']);

/**
 * A whole answer with its values in their places. Log probabilities go, for they spell placeholders; an answer to a
 * request in which nothing was hidden is the very same.
 */
export function restored(completion: ChatCompletion, way: Way): ChatCompletion {
  if (!way.vault.holds()) return completion;
  const choices = completion.choices.map((choice) => ({
    ...choice,
    ...(choice.logprobs !== undefined && { logprobs: null }),
    message: { ...choice.message, ...message(choice.message, way) },
  }));
  return { ...completion, choices };
}

function message(given: Readonly<Record<string, unknown>>, way: Way): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (UNCHANGED.has(name)) return [name, value];
      if (name === 'tool_calls' && Array.isArray(value)) return [name, value.map((call: Json) => toolCall(call, way))];
      if (name === 'function_call') return [name, called(value as Json, way)]; // an answer is read from JSON
      return [name, inAll(value as Json, fieldWay(name, way))];
    }),
  );
}

/** A call's arguments are JSON; the input of a tool of another kind is text. */
function toolCall(call: Json, way: Way): Json {
  if (!isObject(call)) return call;
  return Object.fromEntries(
    Object.entries(call).map(([name, value]) => [
      name,
      name === 'function' ? called(value, way) : name === 'id' ? value : inAll(value, way.vault.inText),
    ]),
  );
}

function called(given: Json | undefined, { vault }: Way): Json | undefined {
  if (!isObject(given)) return given;
  const { arguments: spoken } = given;
  return { ...given, ...(typeof spoken === 'string' && { arguments: vault.inJson.whole(spoken) }) };
}

/** Every text within. */
function inAll<T extends Json | undefined>(value: T, way: Restoring): T | Json {
  if (typeof value === 'string') return way.whole(value);
  if (Array.isArray(value)) return value.map((member: Json) => inAll(member, way));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inAll(member, way)]));
}
