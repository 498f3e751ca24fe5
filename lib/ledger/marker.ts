import { type Moment, momentOf } from './windows.ts';

/** What a counter remembers of a call that is under way in it: enough to end the call when nobody else does. */
export type Marker = {
  /** Until when the call must have ended, in epoch milliseconds. */
  readonly expiresAt: number;
  readonly nanoDollars: number;
  readonly tokens: number;
  /** When the call was let in, which says what windows it is counted in. */
  readonly moment: Moment;
  /** The attributes it is counted in besides those every counter has: a letter each, as `letterOf` has them. */
  readonly counted: string;
  readonly witness: Witness | Witnessed;
};

/** In the first counter of a call: what its record must know, and the other counters it has a place in, if it was let in. */
export type Witness = {
  readonly tenant: string;
  readonly keyId: string;
  readonly model: string;
  /** Empty where there is none. */
  readonly user: string;
  readonly feature: string;
  readonly others: readonly string[];
};

/** In the others: which the first is. */
export type Witnessed = { readonly tenant: string; readonly first: string };

/** `expiry|nano-dollars|at|minutes ahead of UTC|tokens|counted in`, then `tenant|first`, or `tenant|key|model|user|feature|other|other…`; names are URL-encoded. */
export function writeMarker({ expiresAt, nanoDollars, tokens, moment, counted, witness }: Marker): string {
  const numbers = [expiresAt, nanoDollars, moment.at, moment.offsetMs / 60_000, tokens];
  const names =
    'first' in witness
      ? [witness.tenant, witness.first]
      : [witness.tenant, witness.keyId, witness.model, witness.user, witness.feature, ...witness.others];
  return [...numbers, counted, ...names.map(encoded)].join('|');
}

/** The marker that was written as this text; undefined for any other text. */
export function readMarker(text: string): Marker | undefined {
  if (!WRITTEN.test(text)) return undefined;
  const parts = text.split('|');
  const [expiresAt = 0, nanoDollars = 0, at = 0, ahead = 0, tokens = 0] = parts.slice(0, 5).map(Number);
  const [tenant, second, model, user = '', feature = '', ...others] = decoded(parts.slice(6));
  if (tenant === undefined || second === undefined) return undefined;
  return {
    expiresAt,
    nanoDollars,
    tokens,
    moment: momentOf(at, ahead * 60_000),
    counted: parts[5] ?? '',
    witness: model === undefined ? { tenant, first: second } : { tenant, keyId: second, model, user, feature, others },
  };
}

/** Whole numbers; only a clock may be some seconds off a minute. Times end long before the year 9999, after which names would not sort. */
const WRITTEN = /^\d{1,16}\|\d{1,16}\|\d{1,14}\|-?\d{1,4}(\.\d+)?\|\d{1,16}\|[a-zA-Z]*\|/;

/** JSON can spell half a character, and a model or a key may be called so. */
const encoded = (name: string) => encodeURIComponent(name.toWellFormed());

function decoded(names: readonly string[]): readonly string[] {
  try {
    return names.map(decodeURIComponent);
  } catch {
    return []; // no text of ours
  }
}
