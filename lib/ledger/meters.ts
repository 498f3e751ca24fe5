import type { Kind } from './admission.ts';
import { dollarAttributes } from './counter.ts';
import { type Limits, type Window, windows } from './limits.ts';
import type { Moment } from './windows.ts';

/** One limit of a scope, and where it is counted. */
export type Meter = {
  readonly kind: Kind;
  /** Calls at once have none. */
  readonly window?: Window;
  readonly attribute: string;
  readonly limit: number;
  /**
   * Where the minute before is counted: of it, the part that still lies within the last sixty seconds counts too, as if
   * it had come evenly. So a burst at the end of one minute is felt in the next.
   */
  readonly previous?: string;
};

/** All limits of a scope at a moment. */
export function metersOf({ budgets = {}, rates }: Limits, moment: Moment): readonly Meter[] {
  const attributes = dollarAttributes(moment);
  const dollars = windows.flatMap((window): Meter[] => {
    const limit = budgets[window];
    return limit === undefined ? [] : [{ kind: 'dollars', window, attribute: attributes[window], limit }];
  });
  return [
    ...dollars,
    ...minutely('requests', 'rq', rates.rpm, moment),
    ...minutely('tokens', 'tk', rates.tpm, moment),
    ...(rates.concurrent === undefined
      ? []
      : [{ kind: 'concurrent', attribute: 'live', limit: rates.concurrent } as const]),
  ];
}

function minutely(kind: Kind, prefix: string, limit: number | undefined, moment: Moment): readonly Meter[] {
  if (limit === undefined) return [];
  const { minute, previousMinute } = moment;
  return [{ kind, window: 'minute', attribute: `${prefix}${minute}`, previous: `${prefix}${previousMinute}`, limit }];
}

/** What one call adds to what a meter counts. */
export type Amounts = { readonly nanoDollars: number; readonly tokens: number };

/** What a call adds to what a meter counts. */
export function amountOf(kind: Kind, { nanoDollars, tokens }: Amounts): number {
  switch (kind) {
    case 'dollars':
      return nanoDollars;
    case 'tokens':
      return tokens;
    case 'requests':
    case 'concurrent':
      return 1;
  }
}

/**
 * The room a call needs to be let in. For tokens, any: their number is an estimate, and a call that may use more than a
 * whole minute has must be possible. All of it is counted at once, so a minute never sees more than its limit and one call.
 */
export const roomFor = (kind: Kind, amounts: Amounts): number => (kind === 'tokens' ? 1 : amountOf(kind, amounts));

/**
 * How much of the minute before still counts. Rounded down, and less a millisecond: who keeps an even pace must not lose
 * a call each minute. In whole milliseconds: by fractions, a twelfth of 36 would come to more than 3.
 */
export const carriedOver = (count: number, { elapsed }: Moment): number =>
  Math.floor((Math.max(0, count) * (Math.round((1 - elapsed) * MINUTE_MS) - 1)) / MINUTE_MS);

/** The most milliseconds of its next minute that may be left for a count to weigh no more than so much there. */
export const longestLeft = (most: number, count: number): number =>
  Math.min(MINUTE_MS, Math.ceil(((most + 1) * MINUTE_MS) / count));

const MINUTE_MS = 60_000;
