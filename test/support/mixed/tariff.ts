import { type Price, toRates } from '../../../lib/catalog/price.ts';
import type { Call } from './calls.ts';

/** Tokens of one answer as its provider counts them; none is counted twice. */
export type Counts = {
  /** Read afresh, read from a cache, read and kept there for minutes, and for an hour. */
  readonly fresh: number;
  readonly cached: number;
  readonly kept: number;
  readonly keptLong: number;
  /** Written where the caller sees it, and thought. */
  readonly said: number;
  readonly thought: number;
};

type Rates = { readonly [kind in keyof Counts]: bigint };

/** What a provider asks, in pico-dollars a token; and how a way of being served changes that, as a fraction. */
export type Tariff = Rates & {
  /** Other rates for a whole call that reads more than so many tokens. */
  readonly long?: Rates & { readonly above: number };
  readonly services?: Readonly<Record<string, readonly [times: bigint, over: bigint]>>;
};

/** What an answer costs by a tariff, in whole nano-dollars, rounded up once. */
export function asked(tariff: Tariff, counts: Counts, service = ''): number {
  const { long, services = {} } = tariff;
  const rates = long !== undefined && readIn(counts) > long.above ? long : tariff;
  const [times, over] = services[service] ?? [1n, 1n];
  const pico =
    BigInt(counts.fresh) * rates.fresh +
    BigInt(counts.cached) * rates.cached +
    BigInt(counts.kept) * rates.kept +
    BigInt(counts.keptLong) * rates.keptLong +
    BigInt(counts.said) * rates.said +
    BigInt(counts.thought) * rates.thought;
  const [whole, rest] = [(pico * times) / (1000n * over), (pico * times) % (1000n * over)];
  return Number(rest === 0n ? whole : whole + 1n);
}

/** What one answer could come to, were each letter of the question a token, and each the dearest: no bill is more. */
export function mostOf({ body }: Call, target: string): number {
  const { long, services = {}, ...rates } = tariffs[target] ?? missing(target);
  const { fresh, cached, kept, keptLong, said, thought } = rates;
  const dearest = (...each: readonly bigint[]) => each.reduce((most, rate) => (rate > most ? rate : most), 0n);
  const read = dearest(fresh, cached, kept, keptLong, long?.fresh ?? 0n);
  const written = dearest(said, thought, long?.said ?? 0n, long?.thought ?? 0n);
  const letters = BigInt(JSON.stringify(body).length + AROUND);
  const most = BigInt(Number(body.max_tokens ?? (target.startsWith('lab/') ? UNKNOWN : CATALOGUED)));
  const doubled = Object.values(services).some(([times, over]) => times > over) ? 2n : 1n;
  return Number(((letters * read + most * written) * doubled) / 1000n) + 1;
}

function missing(target: string): never {
  throw new Error(`${target} has no tariff.`);
}

/** What providers may write around a question, in tokens. */
const AROUND = 100;
/** What is written at most where the caller does not say how much: of a model that nobody knows, and of one that is. */
const UNKNOWN = 4096;
const CATALOGUED = 64_000;

export const readIn = ({ fresh, cached, kept, keptLong }: Counts): number => fresh + cached + kept + keptLong;

/** The tariff as a gateway's operator would configure it. */
export const toPrice = ({ long, services = {}, ...rates }: Tariff): Price => ({
  ...toOurs(rates),
  ...(long && { tiers: [{ ...toOurs(long), above: long.above }] }),
  factors: Object.fromEntries(
    Object.entries(services).map(([word, [times, over]]) => [word, { times: Number(times), over: Number(over) }]),
  ),
});

const toOurs = ({ fresh, cached, kept, keptLong, said, thought }: Rates) =>
  toRates({
    input: Number(fresh),
    cacheRead: Number(cached),
    cacheWrite: Number(kept),
    cacheWrite1h: Number(keptLong),
    output: Number(said),
    reasoning: Number(thought),
  });

/** Odd on purpose, so that almost every bill has something to round. */
const odd = { fresh: 1_237_501n, cached: 123_751n, kept: 1_546_877n, keptLong: 2_475_003n };

/** What each target asks. */
export const tariffs: Readonly<Record<string, Tariff>> = {
  'openai/gpt-5-mini': {
    ...{ ...odd, said: 9_900_007n, thought: 9_900_007n },
    services: { flex: [1n, 2n], priority: [2n, 1n] },
  },
  'lab/m': {
    ...{ ...odd, fresh: 333_333n, said: 777_777n, thought: 888_889n },
    long: { above: 150, ...odd, fresh: 666_667n, said: 1_555_553n, thought: 1_777_779n },
  },
  'lab/e': { ...odd, fresh: 20_003n, said: 0n, thought: 0n },
  'anthropic/claude-sonnet-4-5': {
    ...odd,
    fresh: 3_000_001n,
    keptLong: 6_000_011n,
    said: 15_000_013n,
    thought: 15_000_013n,
  },
  'gemini/gemini-2.5-flash': { ...odd, fresh: 300_007n, said: 2_500_009n, thought: 2_500_019n },
};
