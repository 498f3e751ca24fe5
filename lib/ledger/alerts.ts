import { toUsd } from '../catalog/price.ts';
import type { Alert, Scope } from './admission.ts';
import { type Counter, counted } from './counter.ts';
import type { Window } from './limits.ts';
import { type Meter, metersOf } from './meters.ts';
import { type Circumstances, heldIn } from './verdict.ts';

/** The parts of a budget, in percent, at which somebody wants to know. */
const thresholds = [50, 80, 100] as const;

/** Thresholds of one budget in one window that were reached, and are to be told if nobody did. */
export type Crossing = {
  /** The attribute that remembers what was told. A changed limit is a new story. */
  readonly attribute: string;
  readonly told: number;
  readonly reached: number;
  readonly alerts: readonly Alert[];
};

/** The budgets of a scope whose spending has reached a threshold that was not told yet. What calls under way hold is not spent. */
export function crossings(counter: Counter, tenant: string, circumstances: Circumstances): readonly Crossing[] {
  const { scope, moment } = circumstances;
  return dollarMeters(circumstances).flatMap((meter) => {
    if (counted(counter, meter.attribute) * 100 < meter.limit * thresholds[0]) return []; // and so is what is spent of it
    const spent = counted(counter, meter.attribute) - heldIn(counter, meter, moment);
    const reached = thresholds.findLast((each) => spent * 100 >= meter.limit * each) ?? 0;
    return crossing(meter, { counter, reached, spent, scope, tenant });
  });
}

/**
 * The last threshold of a budget that had to refuse a call: it is used up, though a little too small for a call is left.
 * Where much is left, it was the call that was too large, and nothing is used up.
 */
export function exhaustion(
  window: Window,
  counter: Counter,
  tenant: string,
  circumstances: Circumstances,
): readonly Crossing[] {
  const { scope, moment } = circumstances;
  return dollarMeters(circumstances)
    .filter((meter) => meter.window === window)
    .flatMap((meter) => {
      const spent = counted(counter, meter.attribute) - heldIn(counter, meter, moment);
      return spent * 100 < meter.limit * NEARLY ? [] : crossing(meter, { counter, reached: 100, spent, scope, tenant });
    });
}

/** In percent. */
const NEARLY = 80;

const dollarMeters = ({ scope, moment }: Circumstances): readonly Meter[] =>
  metersOf(scope.limits, moment).filter(({ kind, limit }) => kind === 'dollars' && limit > 0);

type Reached = {
  readonly counter: Counter;
  readonly reached: number;
  readonly spent: number;
  readonly scope: Scope;
  readonly tenant: string;
};

function crossing(meter: Meter, { counter, reached, spent, scope, tenant }: Reached): readonly Crossing[] {
  const { attribute, limit, window } = meter;
  const memory = `a#${attribute}#${limit}`;
  const told = counted(counter, memory);
  if (reached <= told || window === undefined) return [];
  const period = window === 'total' ? 'total' : periodIn(attribute);
  const alerts = thresholds
    .filter((each) => each > told && each <= reached)
    .map((thresholdPercent) => ({
      id: `${scope.id}/${window}/${period}/${limit}/${thresholdPercent}`,
      tenant,
      scope: scope.kind,
      name: scope.name,
      window,
      period,
      thresholdPercent,
      spentUsd: toUsd(spent),
      limitUsd: toUsd(limit),
    }));
  return [{ attribute: memory, told, reached, alerts }];
}

/** `2026-11-26` of `d20261126`; an hour or a minute by when it began in UTC: `2026-11-26T12:30Z`. */
function periodIn(attribute: string): string {
  const digits = attribute.replace(/^\D+/, '');
  const date = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].filter((part) => part !== '').join('-');
  return digits.length <= 8 ? date : `${date}T${digits.slice(8, 10)}:${digits.slice(10, 12)}Z`;
}
