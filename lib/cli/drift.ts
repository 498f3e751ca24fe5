import type { Charge } from './export-file.ts';

/** What a provider says and what the ledger says, of a model on a day; drift is what the ledger has more. */
export type Drift = {
  readonly day: string;
  readonly model: string;
  readonly theirs: bigint;
  readonly ours: bigint;
  readonly drift: bigint;
  /** In hundredths of a per cent of what the provider says, cut off; undefined where that is nothing. */
  readonly basisPoints: bigint | undefined;
  readonly over: boolean;
};

/** What two say of the same days and models, added up as it is read. */
export function openDrifts() {
  const sums = new Map<string, Sides>();
  const total: Sides = { day: 'all', model: '', theirs: 0n, ours: 0n };
  return {
    add(side: 'theirs' | 'ours', { day, model, nanoDollars }: Charge): void {
      const name = familyOf(model);
      const sum = sums.get(`${day} ${name}`) ?? { day, model: name, theirs: 0n, ours: 0n };
      sums.set(`${day} ${name}`, sum);
      sum[side] += nanoDollars;
      total[side] += nanoDollars;
    },

    /** By day and model, in order, and in all. The tolerance is in millionths of what the provider says. */
    judged(tolerance: bigint): { readonly rows: readonly Drift[]; readonly total: Drift } {
      const rows = [...sums].sort(([one], [other]) => (one < other ? -1 : 1));
      return { rows: rows.map(([, sum]) => judge(sum, tolerance)), total: judge(total, tolerance) };
    },
  };
}

/** By what name both know a model: `Lab Model 4.5` and `lab-model-4-5-20260131` are one. */
export function familyOf(model: string): string {
  const plain = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain.replace(/-(20\d{6}|20\d\d-\d\d-\d\d)$/, '');
}

type Sides = Pick<Drift, 'day' | 'model'> & { theirs: bigint; ours: bigint };

function judge(sides: Sides, tolerance: bigint): Drift {
  const drift = sides.ours - sides.theirs;
  const basisPoints = sides.theirs === 0n ? undefined : (drift * 10_000n) / absolute(sides.theirs);
  return { ...sides, drift, basisPoints, over: absolute(drift) * 1_000_000n > tolerance * absolute(sides.theirs) };
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
