import { GatewayError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { isObject, type Json, type JsonObject, tooDeep } from '../../openai/json.ts';
import { type Part, type Turn, textOf } from '../../openai/turns.ts';
import type { Target } from '../provider.ts';
import { toPart } from './media.ts';
import { ownIds, toModelParts } from './model-turn.ts';

export type Content = { readonly role: 'user' | 'model'; readonly parts: JsonObject[] };

/** A call that waits for its result. */
type Asked = {
  readonly id: string;
  readonly name: string;
  readonly own?: { readonly id?: string } | undefined;
  readonly param: string;
};

/**
 * The conversation as contents that alternate, and the system's words apart from it. Calls have no ids on this wire: a
 * content of calls is followed by one of as many results, in the same order, each with the name of its function.
 */
export function toContents(turns: readonly Turn[], { model }: Target) {
  const system: JsonObject[] = [];
  const contents: Content[] = [];
  let asked: readonly Asked[] = [];
  let results = new Map<string, readonly Part[]>();

  const add = (role: Content['role'], parts: readonly JsonObject[]): void => {
    const last = contents.at(-1);
    if (parts.length === 0) return;
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts: [...parts] });
  };
  const settle = (): void => {
    add('user', toResponses(asked, results));
    asked = [];
    results = new Map();
  };

  turns.forEach((turn, at) => {
    const param = `messages[${at}]`;
    switch (turn.role) {
      case 'system':
        system.push(...textsOf(turn.parts, param));
        return;
      case 'tool':
        if (!asked.some(({ id }) => id === turn.id)) throw invalid(`${param}.tool_call_id`, 'names no call that waits');
        if (results.has(turn.id)) throw invalid(`${param}.tool_call_id`, 'names a call that has its result already');
        results.set(turn.id, turn.parts);
        return;
      case 'user':
        settle();
        add('user', turn.parts.flatMap(toPart));
        return;
      case 'assistant': {
        settle();
        add('model', toModelParts(turn, model));
        const own = ownIds(turn, model);
        asked = turn.calls.map(({ id, name }, call) => ({
          id,
          name,
          own: own[call],
          param: `${param}.tool_calls[${call}]`,
        }));
      }
    }
  });
  settle();
  // A model must be told something: where only the system spoke, its words are the prompt.
  if (contents.length === 0 && system.length > 0) return { system: [], contents: [{ role: 'user', parts: system }] };
  if (contents.length === 0) throw invalid('messages', 'must hold at least one message with something in it');
  return { system, contents };
}

/** Results in the order of their calls. What a result shows besides its text follows them. */
function toResponses(asked: readonly Asked[], results: ReadonlyMap<string, readonly Part[]>): JsonObject[] {
  const responses: JsonObject[] = [];
  const shown: JsonObject[] = [];
  for (const { id, name, own, param } of asked) {
    const parts = results.get(id);
    if (parts === undefined) throw invalid(param, 'has no result: follow it with a message of role tool');
    responses.push({ functionResponse: { ...own, name, response: toResponse(textOf(parts)) } });
    shown.push(...parts.filter(({ kind }) => kind !== 'text').flatMap(toPart));
  }
  return [...responses, ...shown];
}

/** A result is an object here; any other is put into one. */
function toResponse(text: string): JsonObject {
  if (!/^\s*\{/.test(text) || tooDeep(text)) return { result: text };
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    return { result: text };
  }
  return isObject(value) ? value : { result: text };
}

function textsOf(parts: readonly Part[], param: string): readonly JsonObject[] {
  return parts.flatMap((part, at) => {
    if (part.kind !== 'text') throw invalid(`${param}.content[${at}]`, 'must be text, as all that the system says');
    return toPart(part);
  });
}

const invalid = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
