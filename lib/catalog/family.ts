/** What a model is, whatever it is called: `claude-sonnet-4.6`, `llama-3.3-70b`; undefined where a name leaves doubt. */
export function familyOf(provider: string, name: string): string | undefined {
  const bare = bareName(provider, name.toLowerCase());
  if (bare === undefined) return undefined;
  return sameUnderOtherNames.get(bare) ?? claude(bare) ?? llama(bare) ?? byName(bare);
}

/** Models that are the same without showing it in their names, and names that would say too little. */
const sameUnderOtherNames: ReadonlyMap<string, string> = new Map([
  ['mistral-large-3-675b-instruct', 'mistral-large-2512'],
  ['ministral-3-14b-instruct', 'ministral-14b-2512'],
  ['ministral-3-8b-instruct', 'ministral-8b-2512'],
  ['ministral-3-3b-instruct', 'ministral-3b-2512'],
  ['devstral-2-123b', 'devstral-2512'],
  ['qwen3-coder', 'qwen3-coder-480b-a35b'],
  ['qwen3-coder-480b-a35b-07-25', 'qwen3-coder-480b-a35b'],
  ['kimi-k2-instruct-0905', 'kimi-k2-0905'],
]);

/** The name without what a host puts around it; undefined for variants: faster, cheaper, thinking, always the latest. */
function bareName(provider: string, name: string): string | undefined {
  if (provider === 'openrouter' && !/^[a-z][\w.-]*\/[^:]+$/.test(name)) return undefined;
  if (provider === 'fireworks' && !name.startsWith('accounts/fireworks/models/')) return undefined;
  const path = name.slice(name.lastIndexOf('/') + 1);
  if (provider === 'fireworks') return path.replaceAll(/(\d)p(\d)/g, '$1.$2');
  if (provider === 'bedrock') return withoutRegion(path);
  if (provider === 'vertex') return path.replace(/-maas$/, '');
  return path;
}

/** `us.anthropic.claude-sonnet-4-20250514-v1:0` → `claude-sonnet-4-20250514`. */
function withoutRegion(id: string): string {
  const plain = id
    .replace(/^(us|us-gov|eu|apac|jp|au|ca|in|global)\./, '')
    .replace(/(-v\d+)?(:\d+)?$/, '')
    .replace(/^(openai\.gpt-oss-\d+b)-1$/, '$1');
  const [maker = '', ...rest] = plain.split('.');
  const name = rest.join('.');
  return maker === 'deepseek' && !name.startsWith('deepseek') ? `deepseek-${name}` : name || plain;
}

/** Both orders of words, with `-` or `.`, dated or not. Claude 3.5 Sonnet is two models under one name. */
function claude(name: string): string | undefined {
  const first = sizeFirst.exec(name)?.groups ?? versionFirst.exec(name)?.groups;
  if (first === undefined) return undefined;
  const { size, major, minor = '0' } = first;
  const family = `claude-${size}-${major}${minor === '0' ? '' : `.${minor}`}`;
  return family === 'claude-sonnet-3.5' ? undefined : family;
}

const sizeFirst = /^claude-(?<size>haiku|sonnet|opus|fable)-(?<major>\d)(?:[-.](?<minor>\d))?(?:[-@]20\d{6}|-latest)?$/;
const versionFirst = /^claude-(?<major>\d)(?:[-.](?<minor>\d))?-(?<size>haiku|sonnet|opus)(?:[-@]20\d{6}|-latest)?$/;

/** Meta's instruction models; a host's words for how it serves one are dropped, a smaller copy of one is not it. */
function llama(name: string): string | undefined {
  const third =
    /^(?:meta-)?llama-?v?3(?:[-.]([1-3]))-(\d+)b-(?:instruct|vision-instruct|instruct-turbo|versatile|instant)$/.exec(
      name,
    );
  if (third) return `llama-3.${third[1]}-${third[2]}b`;
  const fourth = /^llama-?4-(maverick|scout)(?:-17b)?(?:-(?:128|16)e)?(?:-instruct)?(?:-basic|-fp8)?$/.exec(name);
  return fourth ? `llama-4-${fourth[1]}` : undefined;
}

/** Families whose members bear one name everywhere. */
function byName(name: string): string | undefined {
  if (/:|latest|preview-\d|-fast\b|search|computer|audio|^grok-4-\d$|^kimi-k2-instruct$/.test(name)) return undefined;
  if (!namedAlike.some((family) => family.test(name))) return undefined;
  return name
    .replace(/^gpt-(\d)-(\d)(?=$|-\D)/, 'gpt-$1.$2')
    .replace(/^(qwen3-coder-\d.*b|kimi-k2)-instruct$/, '$1')
    .replace(/^(gemma-4-.*)-it$/, '$1');
}

const namedAlike: readonly RegExp[] = [
  /^gpt-(?!oss)[3-9o]/,
  /^gpt-oss-(20|120)b$/,
  /^o[134](-|$)/,
  /^chatgpt-/,
  /^gemini-[1-9]/,
  /^gemma-[34]/,
  /^grok-(?!.*beta)/,
  /^deepseek-(v\d|r1)/,
  /^(mi|mini|code|dev|magi|pix)stral-.*-2[4-9]\d\d$/,
  /^qwen3(\.\d)?-/,
  /^kimi-k\d/,
  /^glm-\d/,
  /^minimax-m\d/,
  /^nova-/,
  /^command-.*-20\d\d$|^command-a$/,
  /^sonar/,
];
