import type { CallDetail } from '../aws/written-calls.ts';
import type { Charge } from './export-file.ts';

/**
 * What a call cost at a provider, by the records: what each of its attempts there did, where that is known, else the
 * whole bill, for the model that answered or was tried last. The search for similar questions is charged where it went.
 */
export function chargesOf(call: CallDetail, provider: string): readonly Charge[] {
  const { at, attempts, cacheEmbedder, cacheNanoUsd, nanoDollars } = call;
  const day = new Date(at).toISOString().slice(0, 10);
  const searched = cacheEmbedder === undefined ? [] : [{ target: cacheEmbedder, nanoDollars: cacheNanoUsd }];
  const told = attempts.some((attempt) => attempt.nanoDollars !== undefined);
  const left = nanoDollars - (cacheEmbedder === undefined ? 0 : cacheNanoUsd);
  const asked = told ? attempts : [{ target: call.model ?? attempts.at(-1)?.target ?? '', nanoDollars: left }];
  return [...asked, ...searched].flatMap(({ target, nanoDollars: cost = 0 }) =>
    cost !== 0 && target.startsWith(`${provider}/`)
      ? [{ day, model: target.slice(provider.length + 1), nanoDollars: BigInt(cost) }]
      : [],
  );
}
