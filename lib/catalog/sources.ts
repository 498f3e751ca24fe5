/** Where a provider's models are found in the source data. */
export type Source = {
  /** The provider's id there. */
  readonly from: string;
  /** Providers of ours whose models it also sells, at their prices, where it lists none of its own. */
  readonly borrows?: readonly string[];
  /** Ids listed there that cannot be called at this provider. */
  readonly omits?: RegExp;
  /** The name to call a model by, where the source's id is not one. */
  readonly rename?: (id: string) => string;
};

/** Every provider with published prices: makers first, since a bare model name belongs to its maker. */
export const sources: Readonly<Record<string, Source>> = {
  openai: { from: 'openai', omits: /^gpt-oss/ },
  anthropic: { from: 'anthropic' },
  gemini: { from: 'google', omits: /^claude|-maas$/ },
  xai: { from: 'x-ai' },
  mistral: { from: 'mistral' },
  deepseek: { from: 'deepseek' },
  cohere: { from: 'cohere' },
  perplexity: { from: 'perplexity' },
  vertex: { from: 'google', borrows: ['anthropic'] },
  bedrock: { from: 'aws', rename: toInferenceProfile },
  azure: { from: 'azure', borrows: ['openai', 'anthropic', 'deepseek', 'xai'] },
  groq: { from: 'groq' },
  cerebras: { from: 'cerebras' },
  together: { from: 'together' },
  fireworks: { from: 'fireworks' },
  openrouter: { from: 'openrouter', omits: /^[^/]+$/ }, // there, every name is `maker/model`
};

/** Ids that say the model neither chats nor embeds. */
export const otherTrades =
  /moderation|whisper|transcribe|tts|realtime|voice|sonic|image|rerank|-ocr|\blive\b|turbo-instruct|text-davinci|^(ada|babbage|curie|davinci|claude-v1)$/i;

/** Models that hear or speak: their price must say what sound costs. */
export const speaks = /audio/i;

/** Models that turn text into vectors, and so have no price for output. */
export const embeds = /embed/i;

/**
 * The id of a model's inference profile. The source gives every Claude `-v1:0`; Bedrock gave it up with Opus 4.6.
 * https://platform.claude.com/docs/en/build-with-claude/claude-on-amazon-bedrock-legacy (read 2026-11-23)
 */
function toInferenceProfile(id: string): string {
  return id
    .replace(/^regional\./, 'us.')
    .replace(/(claude-(?:opus-4-[78]|sonnet-4-6|sonnet-5|fable-5|fable-5-1))-v1:0$/, '$1')
    .replace(/(claude-opus-4-6-v1):0$/, '$1')
    .replace(/(claude-opus-4-5)-v1:0$/, '$1-20251101-v1:0');
}
