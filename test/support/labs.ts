import type { Config } from '../../lib/config/config.ts';
import { toChatRequest } from '../../lib/openai/request.ts';
import { openTally } from '../../lib/pipeline/tally.ts';
import { findProvider } from '../../lib/providers/index.ts';
import type { Target } from '../../lib/providers/provider.ts';
import { caller, messages, visitOf } from './world.ts';

/** A dollar a million tokens in, two out: a thousand nano-dollars a token, and two. */
export const price = { input: 1_000_000, output: 2_000_000, cacheRead: 100_000, cacheWrite: 1_250_000 };

/** A configuration with providers of ours at these addresses. */
export const labs = (baseUrls: Readonly<Record<string, string>>): Config => ({
  providers: Object.fromEntries(
    Object.entries(baseUrls).map(([name, baseUrl]) => [
      name,
      { kind: 'openai-compatible' as const, baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' },
    ]),
  ),
  prices: { '*': price },
});

/** One target at each address, in order: `one/m`, `two/m`, … */
export function targets(baseUrls: Readonly<Record<string, string>>): readonly Target[] {
  const config = labs(baseUrls);
  return Object.keys(baseUrls).flatMap((name) => {
    const provider = findProvider(name, config);
    return provider === undefined ? [] : [{ name: `${name}/m`, provider, model: 'm', price }];
  });
}

/** The tally of a call with these fields. */
export function tallyOf(fields: object = {}, tick: () => number = () => 0, signal = new AbortController().signal) {
  const request = toChatRequest({ model: 'one/m', messages: [...messages], ...fields });
  return openTally({ visit: visitOf(request, { signal }), caller, request, labels: {}, tick });
}
