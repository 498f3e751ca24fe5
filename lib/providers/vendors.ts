import type { ProviderConfig } from '../config/config.ts';
import type { GuardrailConfig } from '../config/guard-policy.ts';
import { authorizeBy, bearer } from './authorize.ts';
import { compatibleDialect } from './compatible/compatible.ts';
import { openaiQuirks } from './compatible/openai.ts';
import type { Quirks } from './compatible/quirks.ts';
import { exactly } from './compatible/tool-ids.ts';
import { compatibleEmbeddings, type EmbedQuirks } from './embeddings/compatible.ts';
import { moderation } from './guardrails/moderation.ts';
import type { Maker } from './provider.ts';
import { wireObject } from './wire.ts';

/** A provider that speaks OpenAI's chat dialect: all that sets it apart from the others is data. */
export type Vendor = {
  /** Left out for one that is only where its operator runs it. */
  readonly baseUrl?: string;
  /** The environment variable its key usually lives in; with a key there, the provider is on. */
  readonly keyVariable?: string;
  /** The variables its address may live in, for one its operator runs; with an address there, the provider is on. */
  readonly urlVariables?: readonly string[];
  readonly quirks?: Quirks;
  /** How it speaks of embeddings; false for one that has none in OpenAI's words. */
  readonly embeddings?: EmbedQuirks | false;
  /** Whether it says what may pass, in OpenAI's words. */
  readonly moderates?: boolean;
};

const maxTokens = () => 'max_tokens' as const;
const either = () => 'either' as const;

/** What vendors with a closed schema know of an assistant's message. */
const bare = ['role', 'content', 'tool_calls', 'function_call'];
/** Hints of OpenAI's that they refuse as unknown. */
const foreign = [
  'logit_bias',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
  'verbosity',
];

/** https://console.groq.com/docs/openai and https://console.groq.com/docs/errors */
const groq: Quirks = {
  limit: either,
  assistant: bare,
  nameless: true,
  without: foreign,
  usage: ({ x_groq }) => wireObject(x_groq).usage,
  statuses: { 498: 'provider_overloaded' },
};

/** https://docs.mistral.ai/api: every field it does not know is a 422. */
const mistral: Quirks = {
  limit: maxTokens,
  assistant: [...bare, 'prefix'],
  nameless: true,
  toolId: exactly(9),
  without: [...foreign, 'user', 'service_tier'],
  names: { seed: 'random_seed' },
  countsUnasked: true,
};

/** https://docs.mistral.ai/api/endpoint/embeddings */
const mistralEmbeddings: EmbedQuirks = { without: ['user'], names: { dimensions: 'output_dimension' } };

/** https://inference-docs.cerebras.ai/resources/openai */
const cerebras: Quirks = {
  limit: either,
  reasoning: true,
  assistant: [...bare, 'name', 'reasoning'],
  without: [...foreign, 'frequency_penalty', 'presence_penalty', 'service_tier'],
};

/** https://openrouter.ai/docs/use-cases/reasoning-tokens */
const openrouter: Quirks = { limit: either, reasoning: true, details: true, developer: true };

/** The vendors there are, a line each. */
export const vendors: Readonly<Record<string, Vendor>> = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    quirks: openaiQuirks,
    embeddings: { base64: true },
    moderates: true,
  },
  groq: { baseUrl: 'https://api.groq.com/openai/v1', keyVariable: 'GROQ_API_KEY', quirks: groq, embeddings: false },
  together: { baseUrl: 'https://api.together.xyz/v1', keyVariable: 'TOGETHER_API_KEY', quirks: { limit: maxTokens } },
  fireworks: {
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariable: 'FIREWORKS_API_KEY',
    quirks: { limit: either },
  },
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariable: 'MISTRAL_API_KEY',
    quirks: mistral,
    embeddings: mistralEmbeddings,
  },
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    keyVariable: 'DEEPSEEK_API_KEY',
    quirks: { limit: maxTokens },
    embeddings: false,
  },
  xai: { baseUrl: 'https://api.x.ai/v1', keyVariable: 'XAI_API_KEY', quirks: { limit: either } },
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', keyVariable: 'OPENROUTER_API_KEY', quirks: openrouter },
  cerebras: {
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariable: 'CEREBRAS_API_KEY',
    quirks: cerebras,
    embeddings: false,
  },
  perplexity: {
    baseUrl: 'https://api.perplexity.ai',
    keyVariable: 'PERPLEXITY_API_KEY',
    quirks: { limit: maxTokens, assistant: bare, countsUnasked: true },
    embeddings: false, // its own are of 8-bit numbers
  },
  ollama: {
    baseUrl: 'http://localhost:11434/v1',
    urlVariables: ['OLLAMA_BASE_URL', 'OLLAMA_HOST'],
    quirks: { limit: maxTokens, reasoning: true },
  },
  vllm: { urlVariables: ['VLLM_BASE_URL'], quirks: { limit: either } },
};

/** An endpoint nobody here knows: what it writes may be its own to read. */
const unknown: Vendor = { quirks: { details: true }, moderates: true };

/** Makes the provider of a compatible vendor, or, without one, of an endpoint the operator names. */
export function compatibleMaker(vendor: Vendor = unknown): Maker {
  const { baseUrl: usual, keyVariable, urlVariables = [], quirks, embeddings, moderates } = vendor;
  const switches = [...(keyVariable === undefined ? [] : [keyVariable]), ...urlVariables];
  const dialect = compatibleDialect(quirks);
  const embedDialect = embeddings === false ? undefined : compatibleEmbeddings(embeddings);
  return {
    fromEnvironment: (env) => {
      const found: ProviderConfig = {
        ...(keyVariable !== undefined && env[keyVariable] && { credential: `env:${keyVariable}` }),
        ...addressIn(urlVariables.map((name) => env[name])),
      };
      return Object.keys(found).length === 0 ? undefined : found;
    },
    switchOn: switches.length === 0 ? 'name it under providers in the configuration' : `set ${switches[0]}`,
    problem: ({ baseUrl }) => (baseUrl === undefined && usual === undefined ? 'needs a baseUrl' : undefined),
    make: (name, { baseUrl = usual ?? '', credential }) => ({
      name,
      place: { baseUrl },
      ...(credential !== undefined && { credential }),
      authorize: authorizeBy(baseUrl, bearer),
      chat: () => dialect,
      embed: () => embedDialect,
      ...(moderates && { guard: (settings: GuardrailConfig) => moderation(settings, baseUrl) }),
    }),
  };
}

/** The base URL in the first of these that holds one: a host alone, as Ollama takes it, speaks HTTP on Ollama's port under /v1. Whoever names it runs it, so it may be private. */
function addressIn(values: readonly (string | undefined)[]): Pick<ProviderConfig, 'baseUrl' | 'allowPrivate'> {
  const value = values.find((each) => each !== undefined && each !== '');
  if (value === undefined) return {};
  const spelled = /^https?:\/\//.test(value);
  const whole = spelled ? value : `http://${value.startsWith(':') ? '127.0.0.1' : ''}${value}`;
  if (!URL.canParse(whole)) return { baseUrl: value }; // told as wrong where the configuration is checked
  const url = new URL(whole);
  if (!spelled && url.port === '') url.port = '11434';
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  const path = url.pathname.replace(/\/+$/, '');
  return { baseUrl: `${url.origin}${path === '' ? '/v1' : path}`, allowPrivate: true };
}
