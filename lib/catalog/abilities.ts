import { familyOf } from './family.ts';
import { fits } from './rows.ts';

/** What a model can do besides reading and writing text. */
export type Capability = 'audio' | 'embeddings' | 'reasoning' | 'tools' | 'vision';

export type Abilities = { readonly maxOutputTokens?: number; readonly capabilities?: readonly Capability[] };

/** What is documented of a model; nothing of one whose family we do not know for certain. */
export function abilitiesOf(provider: string, name: string): Abilities {
  if (/embed/i.test(name)) return { capabilities: ['embeddings'] };
  const family = familyOf(provider, name) ?? '';
  const can = capabilities.find(([patterns]) => fits(patterns.split(' '), family))?.[1];
  const most = limited.has(provider) ? limits.find(([patterns]) => fits(patterns.split(' '), family))?.[1] : undefined;
  return { ...(most !== undefined && { maxOutputTokens: most }), ...(can !== undefined && { capabilities: can }) };
}

/** Where the makers' limits hold. An Azure deployment, and a host of open models, may have limits of its own. */
const limited: ReadonlySet<string> = new Set(['openai', 'anthropic', 'gemini', 'vertex', 'bedrock']);

/**
 * The most tokens one answer may have, by family; the first that fits. Looked up on 2026-11-23 in
 * https://developers.openai.com/api/docs/models, https://platform.claude.com/docs/en/about-claude/models/overview and
 * https://ai.google.dev/gemini-api/docs/models
 */
const limits: readonly (readonly [patterns: string, most: number])[] = [
  ['gpt-5-pro', 272_000],
  ['gpt-5*-chat', 16_384],
  ['gpt-5* gpt-6*', 128_000],
  ['gpt-4.1*', 32_768],
  ['gpt-4o-2024-05-13 gpt-4-turbo* gpt-3.5-turbo*', 4096],
  ['gpt-4o gpt-4o-2024-* gpt-4o-mini*', 16_384],
  ['gpt-4 gpt-4-0613', 8192],
  ['o1-preview*', 32_768],
  ['o1-mini*', 65_536],
  ['o1* o3* o4-mini*', 100_000],
  ['claude-opus-4.6 claude-opus-4.7 claude-opus-4.8 claude-sonnet-4.6', 128_000],
  ['claude-opus-5* claude-sonnet-5* claude-fable-5*', 128_000],
  ['claude-haiku-4.5 claude-sonnet-4.5 claude-opus-4.5 claude-sonnet-4 claude-sonnet-3.7', 64_000],
  ['claude-opus-4 claude-opus-4.1', 32_000],
  ['claude-haiku-3.5', 8192],
  ['claude-haiku-3 claude-sonnet-3 claude-opus-3', 4096],
  ['gemini-2.0-* gemini-1.5-*', 8192],
  ['gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite gemini-3*', 65_536],
];

const see: readonly Capability[] = ['tools', 'vision'];
const think: readonly Capability[] = ['reasoning', 'tools'];
const all: readonly Capability[] = ['reasoning', 'tools', 'vision'];

/** By family; the first that fits. */
const capabilities: readonly (readonly [patterns: string, can: readonly Capability[]])[] = [
  ['gpt-5*-chat gpt-4.1* gpt-4o gpt-4o-2* gpt-4o-mini*', see],
  ['gpt-5* gpt-6* o3 o3-2* o3-pro* o4-mini* o1 o1-2* o1-pro*', all],
  ['o3-mini* gpt-oss-*', think],
  ['gpt-4 gpt-4-0613 gpt-3.5-turbo*', ['tools']],
  ['claude-haiku-3* claude-sonnet-3 claude-opus-3', see],
  ['claude-*', all],
  ['gemini-2.0-* gemini-1.5-*', [...see, 'audio']],
  ['gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite gemini-3*', [...all, 'audio']],
  ['grok-4 grok-4-0709 grok-4.3* grok-4.5* grok-4.6* grok-4.7*', all],
  ['deepseek-v4* deepseek-v3.2', think],
  ['llama-3.2-11b llama-3.2-90b', ['vision']],
  ['llama-3.1-* llama-3.3-*', ['tools']],
  ['llama-4-*', see],
  ['qwen3-32b qwen3-235b-a22b', think],
  ['mistral-large-2512 ministral-*-2512', see],
  ['kimi-k2-0905', ['tools']],
];
