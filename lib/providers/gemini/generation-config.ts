import type { Json, JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { refused } from '../parameters.ts';
import { objectIn } from './fields.ts';
import { toSchema } from './schema.ts';

const MOST_STOPS = 5;

/** How an answer is to be written. */
export function toGenerationConfig(
  request: ChatRequest,
  thinking: JsonObject | undefined,
  provider: string,
): JsonObject {
  const given = {
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens,
    temperature: request.temperature,
    topP: request.top_p,
    topK: request.top_k,
    stopSequences: toStops(request.stop, provider),
    candidateCount: request.n === 1 ? undefined : request.n,
    seed: request.seed,
    // Some models refuse any penalty; none is the same as nothing.
    presencePenalty: request.presence_penalty || undefined,
    frequencyPenalty: request.frequency_penalty || undefined,
    ...(request.logprobs === true && { responseLogprobs: true, logprobs: request.top_logprobs || undefined }),
    ...toFormat(request.response_format, provider),
    thinkingConfig: thinking,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
}

function toStops(stop: Json | undefined, provider: string): readonly Json[] | undefined {
  const stops = (Array.isArray(stop) ? stop : [stop]).filter((each) => typeof each === 'string' && each !== '');
  if (stops.length > MOST_STOPS) throw refused('stop', provider, `${provider} takes at most ${MOST_STOPS}`);
  return stops.length === 0 ? undefined : stops;
}

function toFormat(format: Json | undefined, provider: string): JsonObject {
  const { type = 'text', json_schema } = objectIn(format);
  switch (type) {
    case 'text':
      return {};
    case 'json_object':
      return { responseMimeType: 'application/json' };
    case 'json_schema': {
      const { schema } = objectIn(json_schema);
      const wanted = schema === undefined || schema === null ? {} : { responseJsonSchema: toSchema(schema) };
      return { responseMimeType: 'application/json', ...wanted };
    }
    default:
      throw refused('response_format', provider);
  }
}
