import { GatewayError } from '../errors.ts';
import type { ChatRequest } from '../openai/request.ts';
import { unsaidHints } from './hints.ts';

/** The dialects there are. */
export type DialectName = 'openai' | 'anthropic' | 'gemini' | 'converse' | 'cohere';

/**
 * What becomes of a parameter: it is passed as it is, translated, dropped (a hint the target lacks: reported in
 * `x-sluice-dropped-params`), or refused by name (what would change the meaning).
 */
export type Fate = 'passed' | 'translated' | 'dropped' | 'refused';

const ORDER = ['openai', 'anthropic', 'gemini', 'converse', 'cohere'] as const;

const [p, t, d, r] = ['passed', 'translated', 'dropped', 'refused'] as const;

/** OpenAI's chat parameters, and the extensions several providers share: for each dialect, in the order above, what becomes of it. */
const rows: Readonly<Record<string, readonly [Fate, Fate, Fate, Fate, Fate]>> = {
  model: [t, t, t, t, t],
  messages: [p, t, t, t, t],
  stream: [p, t, t, t, t],
  stream_options: [p, t, t, t, t],
  max_tokens: [p, t, t, t, t],
  max_completion_tokens: [p, t, t, t, t],
  temperature: [p, t, t, t, t],
  top_p: [p, t, t, t, t],
  stop: [p, t, t, t, t],
  n: [p, r, t, r, r],
  seed: [p, d, t, d, t],
  presence_penalty: [p, d, t, d, t],
  frequency_penalty: [p, d, t, d, t],
  logit_bias: [p, d, d, d, d],
  logprobs: [p, r, t, r, r],
  top_logprobs: [p, r, t, r, r],
  tools: [p, t, t, t, t],
  tool_choice: [p, t, t, t, t],
  parallel_tool_calls: [p, t, d, d, d],
  functions: [p, r, r, r, r],
  function_call: [p, r, r, r, r],
  response_format: [p, t, t, t, t],
  reasoning_effort: [p, t, t, t, t],
  verbosity: [p, d, d, d, d],
  user: [p, t, d, d, d],
  safety_identifier: [p, t, d, d, d],
  // Recorded with the call, wherever it goes.
  metadata: [p, t, t, t, t],
  store: [p, d, d, d, d],
  service_tier: [p, d, d, d, d],
  prompt_cache_key: [p, d, d, d, d],
  prompt_cache_retention: [p, d, d, d, d],
  prediction: [p, d, d, d, d],
  modalities: [p, r, r, r, r],
  audio: [p, r, r, r, r],
  web_search_options: [p, r, r, r, r],
  // Not OpenAI's, but common to many.
  top_k: [p, t, t, t, t],
};

/** Values that ask for what happens anyway: they need no place in any dialect. */
const neutral: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  store: (value) => value === false,
  parallel_tool_calls: (value) => value === true,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  service_tier: (value) => value === 'auto',
  modalities: (value) => Array.isArray(value) && value.every((each) => each === 'text'),
  logit_bias: (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0,
};

/** True for a value that is not given, or asks for what happens anyway: leaving it out takes nothing away. */
export const asksNothing = (name: string, value: unknown): boolean =>
  value === undefined || value === null || (Object.hasOwn(neutral, name) && neutral[name]?.(value) === true);

/** What becomes of each parameter in each dialect, for the documentation. */
export const fates: readonly { readonly parameter: string; readonly fate: Readonly<Record<DialectName, Fate>> }[] =
  Object.entries(rows).map(([parameter, [openai, anthropic, gemini, converse, cohere]]) => ({
    parameter,
    fate: { openai, anthropic, gemini, converse, cohere },
  }));

/**
 * What a native dialect cannot say of a request, for the caller to be told of: parameters, those that nobody knows among
 * them, and hints inside messages. Throws for what the dialect must refuse.
 */
export function unsaid(request: ChatRequest, dialect: DialectName, provider: string): readonly string[] {
  const column = ORDER.indexOf(dialect);
  const dropped = [...unsaidHints(request, dialect)];
  for (const [name, value] of Object.entries(request)) {
    if (asksNothing(name, value)) continue;
    const fate = Object.hasOwn(rows, name) ? rows[name]?.[column] : 'dropped';
    if (fate === 'refused') throw refused(name, provider);
    if (fate === 'dropped') dropped.push(name);
  }
  return dropped;
}

/** What a parameter that would change the meaning of a request is told. */
export function refused(param: string, provider: string, because = `${provider} has nothing like it`): GatewayError {
  return new GatewayError('unsupported_parameter', {
    param,
    message: `${param} cannot be passed on: ${because}. Remove it, or send the request to another model.`,
  });
}
