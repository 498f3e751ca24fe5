import { toRates } from '../../lib/catalog/price.ts';
import { type Config, usualLedger } from '../../lib/config/config.ts';
import type { Hold } from '../../lib/ledger/admission.ts';
import { type ChatRequest, toChatRequest } from '../../lib/openai/request.ts';
import { toCacheWish } from '../../lib/pipeline/cache/cache-wish.ts';
import type { Plan } from '../../lib/pipeline/plan.ts';
import { openTally } from '../../lib/pipeline/tally.ts';
import { findProvider } from '../../lib/providers/index.ts';
import type { Target, Translated } from '../../lib/providers/provider.ts';
import { caller, messages, visitOf } from './world.ts';

/** A dollar a million tokens in, two out: a thousand nano-dollars a token, and two. */
export const price = toRates({ input: 1_000_000, output: 2_000_000, cacheRead: 100_000, cacheWrite: 1_250_000 });

/** A configuration with providers of ours at these addresses. */
export const labs = (baseUrls: Readonly<Record<string, string>>): Config => ({
  providers: Object.fromEntries(
    Object.entries(baseUrls).map(([name, baseUrl]) => [
      name,
      { kind: 'openai-compatible' as const, baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' },
    ]),
  ),
  prices: { '*': price },
  models: {},
  ledger: usualLedger,
});

/** One target at each address, in order: `one/m`, `two/m`, … */
export function targets(baseUrls: Readonly<Record<string, string>>): readonly Target[] {
  const config = labs(baseUrls);
  return Object.keys(baseUrls).flatMap((name) => {
    const provider = findProvider(name, config);
    return provider === undefined ? [] : [{ name: `${name}/m`, provider, model: 'm', price }];
  });
}

/** A plan that calls these targets in order. */
export const planOf = (called: readonly Target[], tries?: number): Plan => ({
  steps: called.map((target) => ({ target, timeouts: {}, ...(tries !== undefined && { tries }) })),
});

/** A chat request to the first of the targets, with these fields. */
export const requestOf = (fields: object = {}): ChatRequest =>
  toChatRequest({ model: 'one/m', messages: [...messages], ...fields });

/** What leaves for a provider when this is its body. */
export const outgoing = (body: string): Translated => ({
  outbound: { via: 'http', method: 'POST', url: 'https://one.example/v1/chat/completions', headers: {}, body },
  dropped: [],
});

/** The tally of a call with these fields. */
export function tallyOf(fields: object = {}, tick: () => number = () => 0, signal = new AbortController().signal) {
  const request = requestOf(fields);
  const visit = visitOf(request, { signal });
  const ask = { request, labels: {}, patience: undefined, strict: false, cache: toCacheWish({}) };
  return openTally({ visit, caller, ask, endpoint: '/v1/chat/completions', tick });
}

/** What is held for a call that nobody limits. */
export const hold: Hold = {
  id: 'req_test',
  turn: 0,
  at: 0,
  timezone: 'UTC',
  tenant: 'acme',
  keyId: 'key_1',
  model: 'one/m',
  scopes: [],
  demand: { nanoDollars: 0, leastNanoDollars: 0, tokens: 0 },
  mark: 'r#req_test',
  nanoDollars: 0,
};
