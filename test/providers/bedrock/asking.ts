import { toRates } from '../../../lib/catalog/price.ts';
import type { Json, JsonObject } from '../../../lib/openai/json.ts';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { bedrockMaker, converseDialect } from '../../../lib/providers/bedrock/bedrock.ts';
import type { Target } from '../../../lib/providers/provider.ts';

export const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const opus48 = 'us.anthropic.claude-opus-4-8';
export const nova2 = 'us.amazon.nova-2-lite-v1:0';
export const gptOss = 'openai.gpt-oss-120b-1:0';
export const llama = 'meta.llama3-1-70b-instruct-v1:0';

export const provider = bedrockMaker.make('bedrock', { region: 'us-east-1' });

export const targetOf = (model: string): Target => ({
  name: `bedrock/${model}`,
  provider,
  model,
  price: toRates({ input: 0, output: 0 }),
});

/** A request as it would leave for a model: its parsed body, and what found no place. */
export function asked(request: JsonObject, model = sonnet45) {
  const whole = toChatRequest({ model: `bedrock/${model}`, ...request });
  const { outbound, dropped } = converseDialect.toProvider(whole, targetOf(model));
  if (outbound.via !== 'converse') throw new Error('It went the wrong way.');
  return { outbound, dropped, body: JSON.parse(outbound.body) };
}

export const user = (content: Json): JsonObject => ({ role: 'user', content });
export const assistant = (content: Json, ...tool_calls: readonly JsonObject[]): JsonObject => ({
  role: 'assistant',
  content,
  ...(tool_calls.length > 0 && { tool_calls }),
});
export const tool = (tool_call_id: string, content: Json): JsonObject => ({ role: 'tool', tool_call_id, content });
export const call = (id: string, name: string, args: JsonObject | string): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
});

export const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
export const weather = { type: 'function', function: { name: 'weather', description: 'Of a city', parameters: city } };
