import { GatewayError } from '../errors.ts';
import { openAllowance } from './allowance.ts';
import { mask } from './placeholder.ts';
import { rewritten, type Value } from './rewritten.ts';
import type { Scanner } from './scanner.ts';

/** Texts as they may leave, and what was found in them. */
export type Hiding = {
  readonly hide: (text: string) => string;
  /** How many values were found, by kind. */
  readonly counts: () => Readonly<Record<string, number>>;
};

/** Puts `[EMAIL]` and the like in the place of values, for good. */
export function masking(scan: Scanner): Hiding {
  return counting(scan, ({ kind }) => mask(kind));
}

/** Refuses a request in whose texts something was found: by its kinds, never by a value. Undefined when nothing was. */
export function refusal(counts: Readonly<Record<string, number>>): GatewayError | undefined {
  const found = Object.keys(counts).sort();
  if (found.length === 0) return undefined;
  return new GatewayError('content_filter', {
    message: `The request holds what must not leave the gateway: ${found.join(', ')}. Take it out and send the request again.`,
  });
}

function counting(scan: Scanner, instead: (value: Value) => string): Hiding {
  const counts: Record<string, number> = {};
  const spend = openAllowance();
  const scanned: Scanner = (text) => scan(text, spend);
  const replace = (value: Value): string => {
    counts[value.kind] = (counts[value.kind] ?? 0) + 1;
    return instead(value);
  };
  return { hide: (text) => rewritten(text, scanned, replace), counts: () => ({ ...counts }) };
}
