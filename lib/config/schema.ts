import * as z from 'zod/mini';
import { type Price, parseDollars, toRates } from '../catalog/price.ts';
import { unfolded } from '../schema.ts';
import { type Config, usualCalls, usualLedger } from './config.ts';
import { notPublic } from './public-address.ts';
import { routeProblems } from './route-problems.ts';
import { route } from './route-schema.ts';
import { cacheConfig, toCacheConfig } from './written-cache.ts';
import { guardrails, writtenGuard } from './written-guard.ts';
import { budgets, count, must, toBudgets } from './written-limits.ts';
import { writtenRedaction } from './written-redaction.ts';
import { requires, stated } from './written-requires.ts';

const dollars = z.number().check(z.nonnegative());

const provider = z.strictObject({
  kind: z.optional(z.literal('openai-compatible')),
  baseUrl: z.optional(z.url({ protocol: /^https?$/ })),
  credential: z.optional(z.string().check(z.regex(/^(env|secret):\S+$/, 'must be env:NAME or secret:NAME'))),
  region: z.optional(z.string().check(z.regex(/^[a-z0-9-]+$/))),
  project: z.optional(z.string().check(z.regex(/^[a-z0-9.:-]+$/))),
  apiVersion: z.optional(z.string().check(z.regex(/^[a-z0-9-]+$/))),
  allowPrivate: z.optional(z.boolean()),
  traceparent: z.optional(z.boolean()),
  ...stated,
  rpm: count,
  tpm: count,
  concurrent: count,
});

const price = z.strictObject({
  input: dollars,
  output: dollars,
  cacheRead: z.optional(dollars),
  cacheWrite: z.optional(dollars),
  cacheWrite1h: z.optional(dollars),
});

/** The configuration file, as a schema: editors complete by it, and every field it does not know is an error. */
export const configSchema = z.strictObject({
  providers: z.optional(
    z.record(
      z.string().check(z.regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes')),
      z.union([z.literal('off', must('must be a map of its settings, or off')), provider]),
    ),
  ),
  prices: z.optional(z.record(z.string(), price)),
  defaults: z.optional(z.strictObject({ budgets, requires, fallback: z.optional(z.enum(['equivalents', 'none'])) })),
  ledger: z.optional(
    z.strictObject({
      holdSeconds: z.optional(z.int().check(z.gte(1), z.lte(86_400))),
      timeoutMs: z.optional(z.int().check(z.gte(1), z.lte(60_000))),
    }),
  ),
  calls: z.optional(z.strictObject({ keptDays: z.optional(z.int().check(z.gte(1), z.lte(3_650))) })),
  cache: cacheConfig,
  redaction: writtenRedaction,
  guardrails,
  guard: writtenGuard,
  models: z.optional(z.record(z.string().check(z.regex(/^[\w.:-]+$/, 'must be a name without a slash')), route)),
});

export type Problem = { readonly path: readonly PropertyKey[]; readonly problem: string };

/** Reads a parsed configuration; everything wrong with it is listed, each with where it stands. */
export function toConfig(content: unknown): { readonly config: Config } | { readonly problems: readonly Problem[] } {
  const read = configSchema.safeParse(content ?? {});
  if (!read.success) return { problems: read.error.issues.flatMap(unfolded).map(toProblem) };
  const {
    providers: named = {},
    prices = {},
    models = {},
    defaults = {},
    ledger = {},
    calls,
    cache,
    redaction,
    guardrails,
    guard,
  } = read.data;
  const off = Object.keys(named).filter((name) => named[name] === 'off');
  const providers = Object.fromEntries(
    Object.entries(named).flatMap(([name, each]) => (each === 'off' ? [] : [[name, each] as const])),
  );
  const problems = Object.entries(providers).flatMap(([name, { baseUrl, allowPrivate }]) => {
    const reason = baseUrl === undefined ? undefined : wrongBase(baseUrl, allowPrivate === true);
    return reason === undefined ? [] : [{ path: ['providers', name, 'baseUrl'], problem: reason }];
  });
  const priced = Object.entries(prices).map(([glob, dollars]): [string, Price | Problem] => [
    glob,
    toPrice(glob, dollars),
  ]);
  const wrong = priced.flatMap(([, each]) => ('problem' in each ? [each] : []));
  const astray = routeProblems({ models });
  if (problems.length + wrong.length + astray.length > 0) return { problems: [...problems, ...wrong, ...astray] };
  const defaultBudgets = toBudgets(defaults.budgets);
  return {
    config: {
      providers: Object.fromEntries(
        Object.entries(providers).map(([name, { rpm, tpm, concurrent, ...each }]) => [
          name,
          {
            ...each,
            ...(each.baseUrl && { baseUrl: each.baseUrl.replace(/\/+$/, '') }),
            ...given('rates', { ...given('rpm', rpm), ...given('tpm', tpm), ...given('concurrent', concurrent) }),
          },
        ]),
      ),
      prices: Object.fromEntries(priced.flatMap(([glob, each]) => ('problem' in each ? [] : [[glob, each]]))),
      models,
      ...given('off', off),
      ...given('fallback', defaults.fallback),
      ...given('requires', defaults.requires),
      ...(defaultBudgets && { defaultBudgets }),
      ledger: { ...usualLedger, ...given('holdSeconds', ledger.holdSeconds), ...given('timeoutMs', ledger.timeoutMs) },
      ...(calls && { calls: { ...usualCalls, ...given('keptDays', calls.keptDays) } }),
      ...(cache && { cache: toCacheConfig(cache) }),
      ...(redaction && { redaction }),
      ...given('guardrails', guardrails),
      ...given('guard', guard),
    },
  };
}

/** A field, where there is something to put into it. */
const given = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)
    ? {}
    : ({ [name]: value } as { [name in Name]: Value });

/** Why an address cannot be a provider's; undefined when it can. */
export function wrongBase(baseUrl: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(baseUrl) || !/^https?:\/\//i.test(baseUrl)) return 'is no URL that begins with https://';
  const url = new URL(baseUrl);
  if (url.search !== '' || url.hash !== '') return 'must not have a query or a fragment: paths are added at its end';
  if (url.username !== '' || url.password !== '') return 'must not hold a password: name a credential instead';
  const reason = allowPrivate ? undefined : notPublic(url);
  return reason && `${reason}; write allowPrivate: true beside it if that is meant`;
}

function toPrice(
  glob: string,
  {
    input,
    output,
    cacheRead = input,
    cacheWrite = input,
    cacheWrite1h = Math.max(input, cacheWrite),
  }: z.infer<typeof price>,
): Price | Problem {
  let field = 'input';
  const read = (name: string, dollars: number) => {
    field = name;
    return parseDollars(dollars);
  };
  try {
    return toRates({
      input: read('input', input),
      output: read('output', output),
      cacheRead: read('cacheRead', cacheRead),
      cacheWrite: read('cacheWrite', cacheWrite),
      cacheWrite1h: read('cacheWrite1h', cacheWrite1h),
    });
  } catch (error) {
    return { path: ['prices', glob, field], problem: error instanceof Error ? error.message : 'is not a price' };
  }
}

function toProblem(issue: z.core.$ZodIssue): Problem {
  if (issue.code === 'unrecognized_keys')
    return {
      path: [...issue.path, issue.keys[0] ?? ''],
      problem: `is not a field of the configuration (${issue.keys.join(', ')})`,
    };
  if (issue.code === 'invalid_key')
    return { path: issue.path, problem: issue.issues.map(({ message }) => message).join('; ') };
  return { path: issue.path, problem: issue.message };
}
