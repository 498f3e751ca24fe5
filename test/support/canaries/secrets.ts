/** Every key has this in it, and every word of a prompt or an answer has that: one search finds all. */
export const KEY = 'canarykey';
export const WORD = 'canaryword';

/** The key of each provider; of no shape that anybody could know a key by. */
export const providerKeys = {
  openai: `${KEY}.openai`,
  lab: `${KEY}.lab`,
  anthropic: `${KEY}.anthropic`,
  gemini: `${KEY}.gemini`,
  vertex: `${KEY}.vertex`,
  azure: `${KEY}.azure`,
  cohere: `${KEY}.cohere`,
  bedrock: `${KEY}.bedrock`,
} as const;
export type ProviderName = keyof typeof providerKeys;
export const providerNames = Object.keys(providerKeys) as readonly ProviderName[];

export const variableOf = (provider: string): string => `${provider.toUpperCase()}_CANARY`;

/** Where a text has it: as it is in any case, or in one of the forms that bytes are written down in. */
export function found(canary: string, text: string): readonly string[] {
  const lowered = text.toLowerCase();
  const seen = formsOf(canary).filter((form) => lowered.includes(form.toLowerCase()));
  return seen.map((form) => excerpt(text, lowered.indexOf(form.toLowerCase())));
}

/** In base64 a text looks different at each of three places; the characters that what stands beside it has a part in are left out. */
const formsOf = (canary: string): readonly string[] => [
  canary,
  Buffer.from(canary).toString('hex'),
  ...[0, 1, 2].map((at) => {
    const text = Buffer.from(' '.repeat(at) + canary).toString('base64url');
    return text.slice(at === 0 ? 0 : at + 1, -2);
  }),
];

const excerpt = (text: string, at: number) => text.slice(Math.max(0, at - 200), at + 100);
