import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { toTurns } from '../../openai/turns.ts';
import { abilitiesOf } from '../anthropic/abilities.ts';
import { enforceable } from '../anthropic/schema.ts';
import { refused, unsaid } from '../parameters.ts';
import type { Target, Translated } from '../provider.ts';
import { blockMaker } from './blocks.ts';
import { isClaude, toFamily, toWriter } from './family.ts';
import { type Message, toConversation } from './messages.ts';
import { toSettings } from './settings.ts';
import { toTools } from './tools.ts';

/** A ConverseStream request. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export function toProvider(request: ChatRequest, { model, provider }: Target): Translated {
  const { name, place } = provider;
  const left = unsaid(request, 'converse', name);
  const maker = blockMaker(model, name);
  const { system, messages } = toConversation(toTurns(request), toWriter(model), maker);
  const tools = toTools(request, messages, model, name);
  const prefilled = messages.at(-1)?.role === 'assistant';
  const claude = isClaude(toFamily(model));
  if (prefilled && claude && !abilitiesOf(model).prefill)
    throw refused(
      `messages[${request.messages.length - 1}]`,
      name,
      'this model does not continue an assistant message',
    );
  const bearing = { forced: tools.forced, prefilled, unsigned: unsigned(messages) };
  const { inference, own, dropped } = toSettings(request, model, bearing, name);
  const stopSequences = toStops(request.stop, claude);
  const inferenceConfig = { ...inference, ...(stopSequences.length > 0 && { stopSequences }) };
  const textFormat = toTextFormat(request.response_format, model, name);
  const body: JsonObject = {
    ...(system.length > 0 && { system }),
    messages: prefilled && claude ? trimmed(messages) : messages,
    ...(filled(inferenceConfig) && { inferenceConfig }),
    ...(tools.toolConfig !== undefined && { toolConfig: tools.toolConfig }),
    ...(textFormat !== undefined && { outputConfig: { textFormat } }),
    ...(filled(own) && { additionalModelRequestFields: own }),
  };
  return {
    outbound: {
      via: 'converse',
      ...(place.baseUrl !== '' && { endpoint: place.baseUrl }),
      region: place.region ?? '',
      model,
      body: JSON.stringify(body),
    },
    dropped: [...new Set([...left, ...maker.dropped, ...tools.dropped, ...dropped])],
  };
}

const filled = (fields: JsonObject): boolean => Object.keys(fields).length > 0;

/** True when the last results follow an assistant message that does not begin with a thought: Claude then refuses to think. */
function unsigned(messages: readonly Message[]): boolean {
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const answered = messages[at + 1]?.content.some(({ toolResult }) => toolResult !== undefined) ?? false;
  return answered && messages[at]?.content[0]?.reasoningContent === undefined;
}

/** Claude does not continue what ends in white space. */
function trimmed(messages: readonly Message[]): readonly Message[] {
  const last = messages.at(-1);
  const text = last?.content.at(-1)?.text;
  if (last === undefined || typeof text !== 'string') return messages;
  return [...messages.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), { text: text.trimEnd() }] }];
}

/** Left out, a stop sequence would change the answer. */
function toStops(stop: Json | undefined, claude: boolean): readonly string[] {
  const stops = [stop].flat().filter((each) => typeof each === 'string');
  if (stops.every((each) => (claude ? each.trim() : each) !== '')) return stops;
  throw new GatewayError('unsupported_parameter', {
    param: 'stop',
    message: `stop holds a sequence of nothing${claude ? ' but white space' : ''}, which this provider cannot stop at. Remove it.`,
  });
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
function toTextFormat(asked: Json | undefined, model: string, provider: string): JsonObject | undefined {
  if (!isObject(asked) || asked.type === 'text') return undefined;
  if (asked.type !== 'json_schema')
    throw refused('response_format', provider, `${provider} has no such mode; describe the JSON with type json_schema`);
  if (isClaude(toFamily(model)) && !abilitiesOf(model).schemas)
    throw refused('response_format', provider, 'this model cannot be held to a schema; newer ones can');
  const param = 'response_format.json_schema.schema';
  const { name, description, schema } = isObject(asked.json_schema) ? asked.json_schema : {};
  if (!isObject(schema))
    throw new GatewayError('invalid_request_error', { param, message: `${param} must be an object.` });
  const jsonSchema = {
    schema: JSON.stringify(enforceable(schema, param)),
    ...(typeof name === 'string' && { name }),
    ...(typeof description === 'string' && description !== '' && { description }),
  };
  return { type: 'json_schema', structure: { jsonSchema } };
}
