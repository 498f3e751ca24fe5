import type { RecordedCall } from '../aws/recorded-calls.ts';
import { buckets } from '../catalog/usage.ts';
import { toFields, toList } from '../local/dynamodb/fields.ts';
import { dollars, milliseconds, moment, type Saying, word } from './call-words.ts';
import { sheet } from './describe.ts';
import { guardrailsText } from './guardrails-text.ts';
import { table } from './table.ts';

/**
 * A record as a person reads it: whose call it was, which way it went, what it came to, and each attempt. What this
 * release does not know of it stands at the end, and what is not as it should be is shown as it is.
 */
export function callSheet({ tenant, id, told }: Pick<RecordedCall, 'tenant' | 'id' | 'told'>): string {
  const { bill, attempts, metadata } = told;
  const others = Object.entries(told).filter(([name]) => !apart.has(name) && !Object.hasOwn(spoken, name));
  const lines: (readonly [string, string])[] = [
    ['call', id],
    ['tenant', tenant],
    ...Object.entries(spoken).map(([name, [label, say]]) => [label, say(told[name])] as const),
    [
      'metadata',
      Object.entries(toFields(metadata))
        .map(([name, value]) => `${name}=${word(value)}`)
        .join(', '),
    ],
    ['cost', costText(bill)],
    ['tokens', tokensText(toFields(bill).usage)],
    ...others.map(([name, value]) => [name, word(value)] as const),
  ];
  return `${sheet(lines)}\n\n${attemptTable(toList(attempts))}`;
}

/** The parts of a record that are told in a way of their own. */
const apart = new Set(['object', 'id', 'tenant', 'metadata', 'bill', 'cost', 'attempts']);

/** Where a capture is. */
const linked: Saying = (value) => {
  const { key, failed } = toFields(value);
  return typeof key === 'string' ? key : failed === true ? 'could not be kept' : word(value);
};

/** The parts of a record that are one value, in the order they are told. */
const spoken: Readonly<Record<string, readonly [label: string, say: Saying]>> = {
  at: ['began', moment],
  keyId: ['key', word],
  user: ['user', word],
  forgotten: ['user forgotten', word],
  feature: ['feature', word],
  prompt: ['prompt', word],
  endpoint: ['endpoint', word],
  stream: ['streamed', (value) => (value === true ? 'yes' : value === false ? 'no' : word(value))],
  requestedModel: ['asked for', word],
  route: ['route', word],
  arm: ['arm', word],
  model: ['model', word],
  status: ['status', word],
  errorCode: ['error', word],
  finish: ['finish', word],
  firstContentMs: ['first content', milliseconds],
  totalMs: ['in all', milliseconds],
  ownMs: ['our own part', milliseconds],
  cache: ['cache', word],
  cacheReason: ['cache reason', word],
  cacheKey: ['cache key', word],
  cacheSource: ['answer of', word],
  cacheScore: ['score', word],
  cacheEmbedder: ['embedded by', word],
  cacheNanoUsd: ['search cost', dollars],
  savedNanoUsd: ['saved', dollars],
  savedMs: ['saved time', milliseconds],
  guardrails: ['guardrails', guardrailsText],
  configVersion: ['configuration', word],
  region: ['region', word],
  traceId: ['trace', word],
  capture: ['capture', linked],
};

function costText(bill: unknown): string {
  const { nanoDollars, estimated } = toFields(bill);
  return `${dollars(nanoDollars)}${estimated === true ? ' (an upper bound: no usage was reported)' : ''}`;
}

/** Tokens by what they were for: `10 input, 5 cacheRead, 3 output`; and what else a usage says. */
function tokensText(usage: unknown): string {
  const said = toFields(usage);
  const names = new Set([...buckets, ...Object.keys(said)]);
  const parts = [...names].map((name) => [name, said[name]] as const);
  return parts
    .filter(([, value]) => value !== undefined && value !== 0)
    .map(([name, value]) => (typeof value === 'number' ? `${value} ${name}` : `${name} ${word(value)}`))
    .join(', ');
}

function attemptTable(attempts: readonly unknown[]): string {
  if (attempts.length === 0) return 'No provider was called.';
  const rows = attempts
    .map(toFields)
    .map(({ target, status, ms, usage, nanoDollars, estimated, blame }) => [
      word(target),
      word(status),
      typeof ms === 'number' ? String(Math.round(ms)) : word(ms),
      tokensText(usage),
      `${dollars(nanoDollars)}${estimated === true ? ' at most' : ''}`,
      word(blame),
    ]);
  return table(['ATTEMPT', 'STATUS', 'MS', 'TOKENS', 'COST', 'BLAME'], rows, ['MS']);
}
