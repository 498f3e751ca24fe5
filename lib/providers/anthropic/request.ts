import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { type Turn, toTurns } from '../../openai/turns.ts';
import { refused, unsaid } from '../parameters.ts';
import { type Abilities, abilitiesOf } from './abilities.ts';
import { answerTool } from './answer-tool.ts';
import { type Message, toConversation } from './messages.ts';
import { toSampling } from './sampling.ts';
import { enforceable } from './schema.ts';
import { toThinking } from './thinking.ts';
import { toTools } from './tools.ts';
import { claudeWriter } from './writer.ts';

/** Who a request is for, and what the place where it is reached allows. */
export type Addressee = {
  readonly provider: string;
  readonly model: string;
  readonly files: boolean;
  readonly laterSystem: boolean;
};

/** A request to Claude, less what depends on the place, and the parameters that found no home in it. */
export function toRequest(request: ChatRequest, { provider, model, files, laterSystem }: Addressee) {
  const left = unsaid(request, 'anthropic', provider);
  const abilities = abilitiesOf(model);
  const reader = { provider, files, writer: claudeWriter(model), laterSystem: laterSystem && abilities.laterSystem };
  const turns = toTurns(request);
  const { system, messages } = toConversation(turns, reader);
  const ending = toEnding(messages, abilities, request.messages.length - 1, provider);
  const format = toFormat(request.response_format, provider);
  const stoodIn = format && !abilities.schemas ? answerTool(format.schema, request, provider) : undefined;
  const offered = toTools(request, abilities, provider);
  const { tools, tool_choice } = stoodIn ?? offered;
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? abilities.mostOutput;
  const forced = tool_choice?.type === 'any' || tool_choice?.type === 'tool';
  const { thinking, effort, on, dropped } = toThinking(request.reasoning_effort, {
    abilities,
    maxTokens,
    forced,
    prefilled: ending.prefilled,
    unsigned: unsigned(messages),
  });
  const { sampling, dropped: fromSampling } = toSampling(request, abilities, on, provider);
  const stop_sequences = toStops(request.stop);
  const user_id = request.safety_identifier ?? request.user;
  const body: JsonObject = {
    max_tokens: maxTokens,
    ...(system.length > 0 && { system }),
    messages: ending.messages,
    ...(tools && { tools }),
    ...(tool_choice && { tool_choice }),
    ...(thinking && { thinking }),
    ...output(abilities.schemas ? format : undefined, effort),
    ...sampling,
    ...(stop_sequences.length > 0 && { stop_sequences }),
    ...(user_id && { metadata: { user_id } }),
    stream: true,
  };
  return {
    body,
    dropped: [...left, ...offered.dropped, ...(dropped ? ['reasoning_effort'] : []), ...fromSampling],
    namesFiles: turns.some(namesFile),
  };
}

const namesFile = (turn: Turn): boolean =>
  turn.role !== 'assistant' && turn.parts.some((part) => part.kind === 'file' && part.id !== undefined);

/** An assistant message at the end is one to continue, where the model does that; it may not end in white space. */
function toEnding(messages: readonly Message[], { prefill }: Abilities, at: number, provider: string) {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return { messages, prefilled: false };
  if (!prefill) throw refused(`messages[${at}]`, provider, 'this model does not continue an assistant message');
  const words = last.content.at(-1);
  if (typeof words?.text !== 'string') return { messages, prefilled: true };
  const content = [...last.content.slice(0, -1), { ...words, text: words.text.trimEnd() }];
  return { messages: [...messages.slice(0, -1), { ...last, content }], prefilled: true };
}

/** True when the last results follow an assistant message that does not begin with a thought. */
function unsigned(messages: readonly Message[]): boolean {
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const answered = messages[at + 1]?.content.some(({ type }) => type === 'tool_result') ?? false;
  const opening = messages[at]?.content[0]?.type;
  return answered && opening !== 'thinking' && opening !== 'redacted_thinking';
}

const output = (format: JsonObject | undefined, effort: string | undefined): JsonObject =>
  format || effort ? { output_config: { ...(format && { format }), ...(effort && { effort }) } } : {};

function toFormat(asked: Json | undefined, provider: string) {
  if (!isObject(asked) || asked.type === 'text') return undefined;
  if (asked.type !== 'json_schema') {
    const because = `${provider} has no such mode; describe the JSON with type json_schema`;
    throw refused('response_format', provider, because);
  }
  const param = 'response_format.json_schema.schema';
  const { schema } = isObject(asked.json_schema) ? asked.json_schema : {};
  if (!isObject(schema))
    throw new GatewayError('invalid_request_error', { param, message: `${param} must be an object.` });
  return { type: 'json_schema', schema: enforceable(schema, param) };
}

/** Left out, a stop sequence would change the answer; blank ones the API refuses. */
function toStops(stop: Json | undefined): readonly string[] {
  const stops = [stop].flat().filter((each) => typeof each === 'string');
  if (stops.every((each) => each.trim() !== '')) return stops;
  throw new GatewayError('unsupported_parameter', {
    param: 'stop',
    message: 'stop holds a sequence of nothing but white space, which this provider cannot stop at. Remove it.',
  });
}
