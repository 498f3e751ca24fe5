import { quantile } from '../printed.ts';

/** Of how many calls each is told: of fewer, a p99 is the slowest of them or the next. */
export const ENOUGH = { p50: 20, p95: 40, p99: 200 } as const;

/** What half, and all but a few, did not take longer than; null where too few were measured to tell. */
export type Percentiles = { readonly [name in keyof typeof ENOUGH]: number | null };

export const percentilesOf = (values: readonly number[]): Percentiles => ({
  p50: values.length < ENOUGH.p50 ? null : quantile(0.5, values),
  p95: values.length < ENOUGH.p95 ? null : quantile(0.95, values),
  p99: values.length < ENOUGH.p99 ? null : quantile(0.99, values),
});

/** What these are beyond those. */
export const beyond = (these: Percentiles, those: Percentiles): Percentiles => ({
  p50: difference(these.p50, those.p50),
  p95: difference(these.p95, those.p95),
  p99: difference(these.p99, those.p99),
});

const difference = (one: number | null, other: number | null) => (one === null || other === null ? null : one - other);
