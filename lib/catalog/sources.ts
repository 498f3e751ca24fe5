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
  bedrock: { from: 'aws', rename: (id) => id.replace(/^regional\./, 'us.') },
  azure: { from: 'azure', borrows: ['openai', 'anthropic', 'deepseek', 'xai'] },
  groq: { from: 'groq' },
  cerebras: { from: 'cerebras' },
  together: { from: 'together' },
  fireworks: { from: 'fireworks' },
  openrouter: { from: 'openrouter', omits: /^[^/]+$/ }, // there, every name is `maker/model`
};

/** Ids that say the model does something other than chat in text. */
export const otherTrades =
  /embed|moderation|whisper|transcribe|tts|realtime|audio|voice|sonic|image|rerank|-ocr|\blive\b|turbo-instruct|text-davinci|^(ada|babbage|curie|davinci|claude-v1)$/i;
