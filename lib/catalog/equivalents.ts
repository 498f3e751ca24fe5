import { familyOf } from './family.ts';
import { inRegion } from './inference-profiles.ts';
import table from './models.json' with { type: 'json' };
import { plainNames, readRow } from './rows.ts';

/**
 * The same model on other providers, as `provider/model`: its maker first, Bedrock last. Empty where that is not certain.
 * Looks among all providers, or only among those that are given, each by the names of its region.
 */
export function equivalentsOf(fullName: string, among: Hosts = everywhere()): readonly string[] {
  const slash = fullName.indexOf('/');
  const provider = fullName.slice(0, slash);
  const family = familyOf(provider, fullName.slice(slash + 1));
  if (family === undefined || !known.has(provider)) return [];
  return inOrder.flatMap((host) => {
    if (host === provider || !Object.hasOwn(among, host)) return [];
    const name = familiesOf(host).get(family);
    return name === undefined ? [] : [`${host}/${host === 'bedrock' ? inRegion(name, among[host]?.region) : name}`];
  });
}

/** Providers, and the regions they are called in. */
type Hosts = Readonly<Record<string, { readonly region?: string | undefined }>>;

const everywhere = (): Hosts => Object.fromEntries([...known.keys()].map((host) => [host, {}]));

const known = new Map<string, readonly string[]>(Object.entries(table.providers));

/** Where a cloud wants another name than the one its models are listed by. */
const namedOnVertex: Readonly<Record<string, string>> = {
  // https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai (read 2026-11-23)
  'claude-opus-4': 'claude-opus-4@20250514',
  'claude-opus-4.1': 'claude-opus-4-1@20250805',
  'claude-opus-4.5': 'claude-opus-4-5@20251101',
  'claude-sonnet-4': 'claude-sonnet-4@20250514',
  'claude-sonnet-4.5': 'claude-sonnet-4-5@20250929',
  'claude-haiku-4.5': 'claude-haiku-4-5@20251001',
};

/** What may be called elsewhere than at its maker, of what its maker lists: a cloud's own list is shorter. */
const hosts: readonly { readonly host: string; readonly from: string; readonly models: RegExp }[] = [
  { host: 'vertex', from: 'anthropic', models: /^claude-/ },
  { host: 'azure', from: 'openai', models: /^(gpt-(4\.1|4o|5)|o[134])(?!.*(search|computer|chat-latest|audio))/ },
  { host: 'azure', from: 'anthropic', models: /^claude-(?!3|opus-4-0|sonnet-4-0)/ },
];

/** Listed in the price data, but not what the provider calls its models today. */
const notCalledSo: Readonly<Record<string, RegExp>> = { deepseek: /^deepseek-(?!v4)/ };

/** The maker of a model comes before who borrows it, and the native tier last. */
const inOrder = [...known.keys()].sort((one, other) => last(one) - last(other));

function last(provider: string): number {
  return provider === 'bedrock' ? 1 : 0;
}

/** By what a model is: the provider's own name for it. */
type Families = ReadonlyMap<string, string>;

/** Filled on the first use of each provider: a cold start reads no more of the table than it needs. */
const built = new Map<string, Families>();

function familiesOf(provider: string): Families {
  const kept = built.get(provider);
  if (kept !== undefined) return kept;
  const families = new Map<string, string>();
  const borrowed = hosts
    .filter(({ host }) => host === provider)
    .flatMap(({ from, models }) => namesOf(from).filter((name) => models.test(name)));
  for (const name of [...namesOf(provider), ...borrowed]) {
    const family = familyOf(provider, name);
    if (family !== undefined && !families.has(family))
      families.set(family, (provider === 'vertex' && namedOnVertex[family]) || name);
  }
  built.set(provider, families);
  return families;
}

/** The names a provider's models may be called by; of Bedrock's inference profiles the American before the global ones. */
function namesOf(provider: string): readonly string[] {
  const names = (known.get(provider) ?? []).flatMap((row) => plainNames(readRow(row).names));
  const own = names.filter((name) => !notCalledSo[provider]?.test(name));
  const american = (name: string) => (name.startsWith('us.') ? 0 : 1);
  return provider === 'bedrock' ? own.sort((one, other) => american(one) - american(other)) : own;
}
