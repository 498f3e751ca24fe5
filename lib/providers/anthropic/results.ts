import { GatewayError } from '../../errors.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { Turn } from '../../openai/turns.ts';
import { type Recipient, toBlocks } from './parts.ts';

/** A call that waits for its result: the caller's id of it, ours, and where it stands. */
export type Asked = { readonly id: string; readonly fit: string; readonly param: string };

type Answer = { readonly turn: Extract<Turn, { role: 'tool' }>; readonly at: number };

/** The results of the calls before them, in the order of the calls. Each call needs one, and each result a call. */
export function toResults(
  asked: readonly Asked[],
  answers: readonly Answer[],
  recipient: Recipient,
): readonly JsonObject[] {
  const byId = new Map<string, Answer>();
  for (const answer of answers) {
    const { id } = answer.turn;
    const param = `messages[${answer.at}].tool_call_id`;
    if (!asked.some((call) => call.id === id)) throw wrong(param, 'answers no call of the assistant message before it');
    if (byId.has(id)) throw wrong(param, 'answers a call that has been answered already');
    byId.set(id, answer);
  }
  const seen = new Set<string>();
  return asked.map(({ id, fit, param }) => {
    const answer = byId.get(id);
    if (answer === undefined) throw wrong(param, 'is not answered by a tool message after it');
    if (seen.has(id)) throw wrong(`${param}.id`, 'is the id of another call, too');
    seen.add(id);
    const content = toBlocks(answer.turn.parts, recipient);
    return { type: 'tool_result', tool_use_id: fit, ...(content.length > 0 && { content }) };
  });
}

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
