import { GatewayError } from '../../errors.ts';
import type { JsonObject } from '../../openai/json.ts';
import { type Placed, type Run, type Spoken, toRuns } from '../../openai/runs.ts';
import type { Thought } from '../../openai/thoughts.ts';
import type { Turn } from '../../openai/turns.ts';
import { type Recipient, textBlocks, toBlocks } from './parts.ts';
import { type Asked, toResults } from './results.ts';
import { toolIds } from './tool-ids.ts';

export type Message = { readonly role: 'user' | 'assistant' | 'system'; readonly content: readonly JsonObject[] };

export type Conversation = {
  readonly system: readonly JsonObject[];
  readonly messages: readonly Message[];
};

/** Who is to read the conversation. */
export type Reader = Recipient & {
  readonly writer: string;
  readonly laterSystem: boolean;
};

/**
 * The turns as Claude's conversation: instructions before the first message as the system prompt, then user and
 * assistant in turns, with every result in the message after its call. What came earlier is never moved, so that the
 * prompt cache holds.
 */
export function toConversation(turns: readonly Turn[], reader: Reader): Conversation {
  const first = turns.findIndex(({ role }) => role !== 'system');
  const opening = first < 0 ? turns.length : first;
  const system = turns
    .slice(0, opening)
    .flatMap((turn) => (turn.role === 'system' ? toBlocks(turn.parts, reader) : []));
  const fitId = toolIds();
  const messages: Message[] = [];
  let asked: readonly Asked[] = [];
  for (const run of toRuns(turns, opening)) {
    if (run.by === 'assistant') {
      const said = run.turns.map((placed) => toSaid(placed, fitId, reader));
      asked = said.flatMap((each) => each.asked);
      messages.push({ role: 'assistant', content: said.flatMap(({ content }) => content) });
    } else {
      messages.push(...toTold(run.turns, asked, reader));
      asked = [];
    }
  }
  toResults(asked, [], reader); // calls at the very end have no answer
  if (messages.length > 0) return { system, messages };
  if (system.length > 0) return { system: [], messages: [{ role: 'user', content: system }] };
  throw wrong('messages', 'must hold a message that is not blank');
}

/** What the assistant was told: results first, as the API wants them, then the rest as it came. */
function toTold(turns: Extract<Run, { by: 'others' }>['turns'], asked: readonly Asked[], reader: Reader): Message[] {
  const results = toResults(
    asked,
    turns.flatMap(({ turn, at }) => (turn.role === 'tool' ? [{ turn, at }] : [])),
    reader,
  );
  const blocksOf = (...roles: readonly string[]) =>
    turns.flatMap(({ turn }) => (roles.includes(turn.role) ? toBlocks(turn.parts, reader) : []));
  const told = [...results, ...blocksOf('user')];
  const instructions = blocksOf('system');
  const blank = turns.find(({ turn }) => turn.role === 'user');
  if (told.length === 0 && instructions.length === 0)
    throw wrong(`messages[${blank?.at ?? 0}].content`, 'is blank; this provider must be told something');
  // Instructions may only follow a user message. https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
  if (!reader.laterSystem || told.length === 0 || instructions.length === 0)
    return [{ role: 'user', content: [...results, ...blocksOf('user', 'system')] }];
  return [
    { role: 'user', content: told },
    { role: 'system', content: instructions },
  ];
}

/** What the assistant said, thoughts first, and what it asked for. */
function toSaid({ turn, at }: Placed<Spoken>, fitId: (id: string) => string, reader: Reader) {
  const calls = turn.calls.map((call) => ({ ...call, thoughts: own(call.thoughts, reader), fit: fitId(call.id) }));
  const carried = new Set(calls.flatMap(({ thoughts }) => thoughts.map(sealOf)));
  const echoed = own(turn.thoughts, reader).filter((thought) => !carried.has(sealOf(thought)));
  const before = [...echoed, ...(calls[0]?.thoughts ?? [])];
  return {
    content: [
      ...before.map(toThinkingBlock),
      ...textBlocks(turn.text),
      ...calls.flatMap(({ fit, name, input, thoughts }, nth) => [
        ...(nth === 0 ? [] : thoughts.map(toThinkingBlock)),
        { type: 'tool_use', id: fit, name, input },
      ]),
    ],
    asked: calls.map(({ id, fit }, nth) => ({ id, fit, param: `messages[${at}].tool_calls[${nth}]` })),
  };
}

/** The thoughts this reader wrote and can read again; nobody else's are sent to it. */
const own = (thoughts: readonly Thought[], { writer }: Reader) =>
  thoughts.filter((thought) => thought.writer === writer && sealOf(thought) !== undefined);

const sealOf = ({ signature, redacted }: Thought) => redacted ?? signature;

const toThinkingBlock = ({ text = '', signature, redacted }: Thought): JsonObject =>
  redacted === undefined
    ? { type: 'thinking', thinking: text, signature }
    : { type: 'redacted_thinking', data: redacted };

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
