import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { toTurns } from '../../openai/turns.ts';
import { refused, unsaid } from '../parameters.ts';
import type { Target } from '../provider.ts';
import { toMessages } from './messages.ts';
import { toTools } from './tools.ts';

const MOST_STOPS = 5;
const [LEAST_P, MOST_P] = [0.01, 0.99];

/** A request in Cohere's words, and what found no place in it. */
export function toBody(request: ChatRequest, { model, provider }: Target) {
  const { name } = provider;
  const { tools, dropped } = toTools(request, name);
  const { temperature, seed, frequency_penalty, presence_penalty, top_k, top_p } = request;
  const body = {
    model,
    messages: toMessages(toTurns(request), name),
    stream: true,
    ...tools,
    ...present({
      max_tokens: request.max_completion_tokens ?? request.max_tokens,
      temperature,
      seed,
      frequency_penalty,
      presence_penalty,
      k: top_k,
      // Cohere's p stops short of the whole, which OpenAI's default of 1 means.
      p: typeof top_p === 'number' ? Math.min(Math.max(top_p, LEAST_P), MOST_P) : undefined,
      stop_sequences: toStops(request.stop, name),
      response_format: toFormat(request.response_format, name),
      thinking: toThinking(request.reasoning_effort),
    }),
  };
  return { body, dropped: [...unsaid(request, 'cohere', name), ...dropped] };
}

const present = (fields: JsonObject) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));

function toStops(stop: Json | undefined, provider: string): readonly Json[] | undefined {
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop) || stop.length === 0) return undefined;
  if (stop.length <= MOST_STOPS) return stop;
  throw refused('stop', provider, `${provider} takes at most ${MOST_STOPS} stop sequences`);
}

/** https://docs.cohere.com/docs/structured-outputs */
function toFormat(format: Json | undefined, provider: string): JsonObject | undefined {
  if (!isObject(format)) return undefined;
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema': {
      const schema = isObject(format.json_schema) ? format.json_schema.schema : undefined;
      return { type: 'json_object', ...(schema !== undefined && { json_schema: schema }) };
    }
    default:
      throw refused('response_format', provider);
  }
}

/** Thoughts are on or off, within a budget or without one. https://docs.cohere.com/docs/reasoning */
function toThinking(effort: Json | undefined): JsonObject | undefined {
  switch (effort) {
    case undefined:
    case null:
      return undefined;
    case 'none':
      return { type: 'disabled' };
    case 'minimal':
    case 'low':
      return { type: 'enabled', token_budget: 1024 };
    case 'medium':
      return { type: 'enabled', token_budget: 8192 };
    case 'high':
    case 'xhigh':
    case 'max':
      return { type: 'enabled' };
    default:
      throw new GatewayError('invalid_request_error', {
        param: 'reasoning_effort',
        message: 'reasoning_effort must be one of none, minimal, low, medium, high, xhigh, max.',
      });
  }
}
