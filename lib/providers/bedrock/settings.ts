import { GatewayError } from '../../errors.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { abilitiesOf } from '../anthropic/abilities.ts';
import { toSampling } from '../anthropic/sampling.ts';
import { toThinking } from '../anthropic/thinking.ts';
import { refused } from '../parameters.ts';
import { isClaude, isNova, toFamily } from './family.ts';

/** How the model is to answer, in the service's fields and in the model's own. */
export type Settings = {
  readonly inference: JsonObject;
  /** `additionalModelRequestFields`. */
  readonly own: JsonObject;
  readonly dropped: readonly string[];
};

/** What of the conversation bears on whether a model can be asked to think. */
export type Bearing = { readonly forced: boolean; readonly prefilled: boolean; readonly unsigned: boolean };

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Limits, sampling and thought, by the model's family. */
export function toSettings(request: ChatRequest, model: string, bearing: Bearing, provider: string): Settings {
  const family = toFamily(model);
  const effort = toEffort(request.reasoning_effort);
  if (numberOf(request.temperature, 0) > 1)
    throw refused('temperature', provider, `${provider} takes temperatures from 0 to 1`);
  if (isClaude(family)) return claude(request, model, bearing, provider);
  if (isNova(family)) return nova(request, family, effort);
  if (family.startsWith('openai.gpt-oss')) return gptOss(request, effort);
  return plain(request, [...given(request, 'top_k'), ...given(request, 'reasoning_effort')]);
}

function claude(request: ChatRequest, model: string, bearing: Bearing, provider: string): Settings {
  const abilities = abilitiesOf(model);
  const asked = limit(request);
  const thought = toThinking(request.reasoning_effort, {
    abilities,
    maxTokens: asked ?? abilities.mostOutput,
    ...bearing,
  });
  const { sampling, dropped } = toSampling(request, abilities, thought.on, provider);
  const { temperature, top_p, top_k } = sampling;
  // A budget must be below the limit, so the limit is said.
  const maxTokens = asked ?? (thought.thinking?.type === 'enabled' ? abilities.mostOutput : undefined);
  return {
    inference: compact({ maxTokens, temperature, topP: top_p }),
    own: compact({ top_k, thinking: thought.thinking, output_config: thought.effort && { effort: thought.effort } }),
    dropped: [...(thought.dropped ? ['reasoning_effort'] : []), ...dropped],
  };
}

/** Nova 2 thinks as hard as it is told; hardest, it takes neither sampling nor a limit. https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
function nova(request: ChatRequest, family: string, effort: string | undefined): Settings {
  const topK = numeric(request.top_k);
  const own = topK === undefined ? {} : { inferenceConfig: { topK } };
  const settings = plain(request, [], own);
  if (effort === undefined || effort === 'none' || effort === 'minimal') return settings;
  if (!family.startsWith('amazon.nova-2')) return plain(request, ['reasoning_effort'], own);
  const thinking = (maxReasoningEffort: string) => ({ reasoningConfig: { type: 'enabled', maxReasoningEffort } });
  if (effort === 'low' || effort === 'medium') return { ...settings, own: { ...own, ...thinking(effort) } };
  if (limit(request) !== undefined) return plain(request, ['reasoning_effort'], { ...own, ...thinking('medium') });
  const dropped = ['temperature', 'top_p', 'top_k'].flatMap((name) => given(request, name));
  return { inference: {}, own: thinking('high'), dropped };
}

/** gpt-oss always thinks, more or less. */
function gptOss(request: ChatRequest, effort: string | undefined): Settings {
  const dropped = [...given(request, 'top_k'), ...(effort === 'none' ? ['reasoning_effort'] : [])];
  if (effort === undefined || effort === 'none') return plain(request, dropped);
  const reasoning_effort = effort === 'minimal' ? 'low' : effort === 'low' || effort === 'medium' ? effort : 'high';
  return plain(request, dropped, { reasoning_effort });
}

const plain = (request: ChatRequest, dropped: readonly string[], own: JsonObject = {}): Settings => ({
  inference: compact({
    maxTokens: limit(request),
    temperature: numeric(request.temperature),
    topP: numeric(request.top_p),
  }),
  own,
  dropped,
});

function toEffort(effort: Json | undefined): string | undefined {
  if (effort === undefined || effort === null) return undefined;
  if (typeof effort === 'string' && EFFORTS.includes(effort)) return effort;
  throw new GatewayError('invalid_request_error', {
    param: 'reasoning_effort',
    message: `reasoning_effort must be one of ${EFFORTS.join(', ')}.`,
  });
}

const limit = (request: ChatRequest): number | undefined =>
  request.max_completion_tokens ?? request.max_tokens ?? undefined;

const numeric = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
const numberOf = (value: Json | undefined, otherwise: number): number => numeric(value) ?? otherwise;

const given = (request: ChatRequest, name: string): readonly string[] =>
  request[name] === undefined || request[name] === null ? [] : [name];

const compact = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
