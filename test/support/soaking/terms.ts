import { routes } from '../mixed/calls.ts';
import type { Tariff } from '../mixed/tariff.ts';
import { features, type Group } from '../mixed/tenants.ts';

/** How long a reservation lives: a call is cut before, and who is killed is charged soon after. */
export const HOLD_SECONDS = 20;

/** Odd on purpose, so that almost every bill has something to round. In pico-dollars a token. */
const tariff = (fresh: bigint, written: bigint): Tariff => ({
  fresh,
  cached: fresh / 10n,
  kept: (fresh * 5n) / 4n,
  keptLong: fresh * 2n,
  said: written,
  thought: written,
});

/** What each target asks. */
export const tariffs: Readonly<Record<string, Tariff>> = {
  'openai/gpt-5-mini': tariff(1_237_501n, 9_900_007n),
  'lab/m': tariff(333_333n, 777_777n),
  'lab/e': tariff(20_003n, 0n),
  'anthropic/claude-sonnet-4-5': tariff(3_000_001n, 15_000_013n),
  'gemini/gemini-2.5-flash': tariff(300_007n, 2_500_009n),
};

const dollars = (pico: bigint) => Number(pico) / 1e6;

/** A stall is not waited for. */
const timeouts = { firstTokenMs: 5_000, betweenTokensMs: 5_000 };

/** The configuration file of the gateway, over these providers. */
export const configOver = (providers: object) => ({
  providers,
  prices: Object.fromEntries(
    Object.entries(tariffs).map(([target, { fresh, cached, kept, keptLong, said }]) => [
      target,
      {
        input: dollars(fresh),
        cacheRead: dollars(cached),
        cacheWrite: dollars(kept),
        cacheWrite1h: dollars(keptLong),
        output: dollars(said),
      },
    ]),
  ),
  models: Object.fromEntries(Object.entries(routes).map(([name, use]) => [name, { use, timeouts }])),
  ledger: { holdSeconds: HOLD_SECONDS },
});

const ample = {
  budgets: { minute: 1_000, hour: 10_000, day: 90_000, month: 900_000, total: 900_000 },
  rates: { rpm: 1_000_000, tpm: 1_000_000_000, concurrent: 1_000 },
};
const tight = { ...ample, rates: { ...ample.rates, rpm: 120 } };
const governed = (limits: typeof ample) => ({
  ...limits,
  userDefaults: limits,
  features: Object.fromEntries(features.map((feature) => [feature, limits])),
});

/** Limited in four scopes, or in none; some share answers, some are too quick, some have little to spend at once. */
export const groups: readonly Group[] = [
  { tenant: governed(ample), keys: [{ key: ample, share: 40 }] },
  {
    tenant: { ...governed(ample), cache: { mode: 'exact', scope: 'tenant' } },
    caches: true,
    keys: [
      { key: ample, share: 15 },
      { key: ample, share: 15 },
    ],
  },
  { tenant: governed(tight), keys: [{ key: { ...ample, rates: { concurrent: 4 } }, share: 20 }] },
  { tenant: governed({ ...ample, budgets: { ...ample.budgets, minute: 0.02 } }), keys: [{ key: ample, share: 10 }] },
  { tenant: { budgets: 'none' }, unlimited: true, keys: [{ key: {}, share: 20 }] },
];
