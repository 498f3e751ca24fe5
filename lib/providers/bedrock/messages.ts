import { GatewayError } from '../../errors.ts';
import { type Placed, type Run, type Spoken, toRuns } from '../../openai/runs.ts';
import type { Thought } from '../../openai/thoughts.ts';
import type { Turn } from '../../openai/turns.ts';
import { type Block, type BlockMaker, blank } from './blocks.ts';
import { fitted, toolIds } from './ids.ts';
import { type Asked, toResults } from './results.ts';
import { toReasoningBlocks } from './thoughts.ts';

export type Message = { readonly role: 'user' | 'assistant'; readonly content: readonly Block[] };

export type Conversation = { readonly system: readonly Block[]; readonly messages: readonly Message[] };

/**
 * The turns as the service wants them: instructions before the first message as the system prompt, then user and
 * assistant in turns, the user first, with every result in the message after its call. Later instructions stay where
 * they are, as words of the user: what came earlier is never moved, so that prompt caches hold.
 */
export function toConversation(turns: readonly Turn[], writer: string, maker: BlockMaker): Conversation {
  const first = turns.findIndex(({ role }) => role !== 'system');
  const opening = first < 0 ? turns.length : first;
  const system = turns.slice(0, opening).flatMap((turn) => (turn.role === 'system' ? maker.toBlocks(turn.parts) : []));
  const fitId = toolIds();
  const messages: Message[] = [];
  let asked: readonly Asked[] = [];
  for (const run of toRuns(turns, opening)) {
    if (run.by === 'assistant') {
      if (messages.length === 0)
        throw wrong(`messages[${run.turns[0]?.at}]`, 'comes first, where this provider needs the user');
      const said = run.turns.map((placed) => toSaid(placed, fitId, writer));
      asked = said.flatMap((each) => each.asked);
      messages.push({ role: 'assistant', content: said.flatMap(({ content }) => content) });
    } else {
      messages.push({ role: 'user', content: toTold(run.turns, asked, maker) });
      asked = [];
    }
  }
  toResults(asked, [], maker); // calls at the very end have no answer
  if (messages.length > 0) return { system, messages };
  if (system.length > 0) return { system: [], messages: [{ role: 'user', content: system }] };
  throw wrong('messages', 'must hold a message that is not blank');
}

/** What the assistant was told: results first, as the service wants them, then the rest as it came. */
function toTold(turns: Extract<Run, { by: 'others' }>['turns'], asked: readonly Asked[], maker: BlockMaker) {
  const answers = turns.flatMap(({ turn, at }) => (turn.role === 'tool' ? [{ turn, at }] : []));
  const results = toResults(asked, answers, maker);
  const words = turns.flatMap(({ turn }) => (turn.role === 'tool' ? [] : maker.toBlocks(turn.parts)));
  if (results.length === 0 && words.length === 0)
    throw wrong(`messages[${turns[0]?.at}].content`, 'is blank; this provider must be told something');
  return [...results, ...accompanied(words)];
}

/** Documents come with a text. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
function accompanied(blocks: readonly Block[]): readonly Block[] {
  const bare = blocks.some(({ document }) => document !== undefined) && !blocks.some(({ text }) => text !== undefined);
  return bare ? [{ text: 'Attached:' }, ...blocks] : blocks;
}

/** What the assistant said, thoughts first, and what it asked for. */
function toSaid({ turn, at }: Placed<Spoken>, fitId: (id: string) => string, writer: string) {
  const calls = turn.calls.map((call) => ({ ...call, fit: fitId(call.id) }));
  const carried = new Set(calls.flatMap(({ thoughts }) => thoughts.map(sealOf)));
  // A client that sends reasoning_details back says what the ids carry a second time.
  const echoed = turn.thoughts.filter((thought) => !carried.has(sealOf(thought)));
  return {
    content: [
      ...toReasoningBlocks([...echoed, ...(calls[0]?.thoughts ?? [])], writer),
      ...(blank(turn.text) ? [] : [{ text: turn.text }]),
      ...calls.flatMap(({ fit, name, input, thoughts }, nth) => [
        ...(nth === 0 ? [] : toReasoningBlocks(thoughts, writer)),
        { toolUse: { toolUseId: fit, name: fitted(name), input } },
      ]),
    ],
    asked: calls.map(({ id, fit }, nth) => ({ id, fit, param: `messages[${at}].tool_calls[${nth}]` })),
  };
}

const sealOf = ({ signature, redacted }: Thought) => redacted ?? signature;

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
