import { GatewayError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { isObject, type Json, tooDeep } from '../../openai/json.ts';
import type { Turn } from '../../openai/turns.ts';
import type { Block, BlockMaker } from './blocks.ts';

/** A call that waits for its result: the caller's id of it, ours, and where it stands. */
export type Asked = { readonly id: string; readonly fit: string; readonly param: string };

export type Answer = { readonly turn: Extract<Turn, { role: 'tool' }>; readonly at: number };

/** The results of an assistant message in the order of its calls, for the service wants all of them at once. */
export function toResults(asked: readonly Asked[], answers: readonly Answer[], maker: BlockMaker): readonly Block[] {
  const byId = new Map<string, Answer>();
  for (const answer of answers) {
    const param = `messages[${answer.at}].tool_call_id`;
    if (!asked.some(({ id }) => id === answer.turn.id))
      throw wrong(param, 'answers no call of the assistant message before it');
    if (byId.has(answer.turn.id)) throw wrong(param, 'answers a call that has been answered already');
    byId.set(answer.turn.id, answer);
  }
  const seen = new Set<string>();
  return asked.flatMap(({ id, fit, param }) => {
    const answer = byId.get(id);
    if (answer === undefined) throw wrong(param, 'is not answered by a tool message after it');
    if (seen.has(id)) throw wrong(`${param}.id`, 'is the id of another call, too');
    seen.add(id);
    return toResult(fit, maker.toBlocks(answer.turn.parts));
  });
}

function toResult(toolUseId: string, blocks: readonly Block[]): readonly Block[] {
  const content = blocks.filter(({ cachePoint }) => cachePoint === undefined);
  const [only] = content;
  const json = content.length === 1 && typeof only?.text === 'string' ? asObject(only.text) : undefined;
  return [
    { toolResult: { toolUseId, content: json === undefined ? content : [{ json }] } },
    ...blocks.filter(({ cachePoint }) => cachePoint !== undefined), // a result has no room for them
  ];
}

/** The object a text spells; not one that would change when written again, such as one with numbers beyond our precision. */
function asObject(text: string): Json | undefined {
  if (!/^\s*\{/.test(text) || tooDeep(text)) return undefined;
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    return undefined; // it only looked like JSON
  }
  const compact = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
  return isObject(value) && JSON.stringify(value) === compact ? value : undefined;
}

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
