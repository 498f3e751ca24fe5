import type { Reach } from './regions.ts';
import type { Retention } from './terms.ts';

/** What a provider publishes of the data it is sent. */
export type PublishedTerms = {
  /** Where each of its documented hosts processes it. */
  readonly hosts: Readonly<Record<string, Reach>>;
  /** How long it keeps it, unless something else is agreed, or set. */
  readonly retention: Retention;
  /** The models that this is said of; all where it is left out. */
  readonly of?: RegExp;
  /** What it takes for it to keep nothing: nothing, a setting of its customer's, or its consent. */
  readonly zero: 'always' | 'setting' | 'contract' | 'unknown';
  /** What an operator must know besides. */
  readonly note?: string;
  /** Where it says so. What could not be established there is unknown. */
  readonly sources: readonly string[];
  /** When that was read; undefined where it could not be, and then nothing is known. */
  readonly read?: string;
};

const read = '2026-11-26';
const unknown = { hosts: {}, retention: 'unknown', zero: 'unknown' } as const;

/** By provider. What is kept when abuse is suspected or a law demands it, all of them except. */
export const publishedTerms: Readonly<Record<string, PublishedTerms>> = {
  openai: {
    hosts: {
      'api.openai.com': 'anywhere',
      'us.api.openai.com': ['us'],
      'eu.api.openai.com': ['eu', 'efta'],
    },
    retention: 30,
    zero: 'contract',
    note: 'the hosts of regions need a project that may use them, and not every model is processed there',
    sources: [
      'https://developers.openai.com/api/docs/guides/your-data',
      'https://developers.openai.com/api/docs/guides/data-residency',
    ],
    read,
  },
  anthropic: {
    hosts: { 'api.anthropic.com': 'anywhere' },
    retention: 30,
    zero: 'contract',
    note: 'a workspace may be set to be served in the US',
    sources: [
      'https://privacy.anthropic.com/en/articles/7996866-how-long-do-you-store-personal-data',
      'https://platform.claude.com/docs/en/manage-claude/data-residency',
    ],
    read,
  },
  gemini: {
    hosts: { 'generativelanguage.googleapis.com': 'unknown' },
    retention: 55,
    zero: 'contract',
    sources: ['https://ai.google.dev/gemini-api/docs/usage-policies', 'https://ai.google.dev/gemini-api/docs/zdr'],
    read,
  },
  vertex: {
    ...unknown,
    read,
    zero: 'contract',
    note: 'processed in the region it is configured with, where that is not the Middle East or Africa; in `global` anywhere. Google lists the models that this is promised of',
    sources: [
      'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/data-residency',
      'https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/zero-data-retention',
    ],
  },
  bedrock: {
    ...unknown,
    read,
    zero: 'setting',
    note: 'processed in the region it is configured with and where an inference profile leads: `us.` the US; `eu.` EU, Switzerland or London, by the model; `apac.` Asia, the Pacific or the Emirates; `global.` anywhere. Some models are kept for 30 days unless `data_retention_mode` is none',
    sources: [
      'https://docs.aws.amazon.com/bedrock/latest/userguide/data-retention.html',
      'https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html',
      'https://docs.aws.amazon.com/cdk/api/v2/docs/@aws-cdk_aws-bedrock-alpha.CrossRegionInferenceProfileRegion.html',
    ],
  },
  azure: {
    ...unknown,
    read,
    zero: 'contract',
    note: 'by the type of each deployment, which a call does not show: a global one is processed anywhere',
    sources: [
      'https://learn.microsoft.com/en-us/azure/foundry/foundry-models/concepts/deployment-types',
      'https://learn.microsoft.com/en-us/answers/a/12368042',
    ],
  },
  xai: {
    hosts: { 'api.x.ai': 'anywhere', 'us.api.x.ai': ['us'] },
    retention: 30,
    zero: 'setting',
    sources: ['https://docs.x.ai/docs/faq/security', 'https://docs.x.ai/developers/advanced-api-usage/regions'],
    read,
  },
  mistral: {
    hosts: { 'api.mistral.ai': 'anywhere', 'api.eu.mistral.ai': ['eu', 'efta'], 'api.us.mistral.ai': ['us'] },
    retention: 'unknown',
    zero: 'contract',
    sources: [
      'https://docs.mistral.ai/studio-api/regional-inference',
      'https://docs.mistral.ai/admin/monitor-comply/zero-data-retention',
    ],
    read,
  },
  openrouter: {
    hosts: {
      'openrouter.ai': 'anywhere',
      'eu.openrouter.ai': ['eu', 'efta', 'uk'],
      'us.openrouter.ai': ['us'],
    },
    retention: 'unknown',
    zero: 'setting',
    note: 'each provider behind it keeps what it keeps',
    sources: [
      'https://openrouter.ai/docs/guides/features/in-region-routing',
      'https://openrouter.ai/business/eu',
      'https://openrouter.ai/docs/features/zdr',
    ],
    read,
  },
  cohere: {
    hosts: { 'api.cohere.com': 'unknown' },
    retention: 30,
    zero: 'unknown',
    sources: ['https://cohere.com/data-usage-policy'],
    read,
  },
  groq: {
    hosts: { 'api.groq.com': 'unknown' },
    retention: 'unknown',
    zero: 'setting',
    note: 'keeps nothing by default, but where failures or abuse are looked into',
    sources: ['https://console.groq.com/docs/your-data'],
    read,
  },
  fireworks: {
    hosts: { 'api.fireworks.ai': 'unknown' },
    retention: 'none',
    of: /^accounts\/fireworks\/models\//,
    zero: 'always',
    note: 'of open models; of others, and of its routers, nothing is known',
    sources: ['https://docs.fireworks.ai/guides/security_compliance/data_handling'],
    read,
  },
  perplexity: {
    hosts: { 'api.perplexity.ai': 'unknown' },
    retention: 'none',
    zero: 'always',
    sources: ['https://docs.perplexity.ai/docs/resources/privacy-security'],
    read,
  },
  together: {
    hosts: { 'api.together.xyz': 'unknown' },
    retention: 'unknown',
    zero: 'setting',
    note: 'its pages contradict each other',
    sources: [
      'https://docs.together.ai/docs/zero-data-retention',
      'https://docs.together.ai/docs/privacy-and-security',
    ],
    read,
  },
  deepseek: { ...unknown, sources: ['https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html'] },
  cerebras: { ...unknown, sources: ['https://www.cerebras.ai/privacy-policy'] },
  ollama: { ...unknown, note: 'wherever its operator runs it', sources: ['https://docs.ollama.com'] },
  vllm: { ...unknown, note: 'wherever its operator runs it', sources: ['https://docs.vllm.ai'] },
};
