import * as z from 'zod/mini';
import { onFailures, unreads } from './guard-policy.ts';
import { must } from './written-limits.ts';
import { stated } from './written-requires.ts';

const LONGEST_MS = 60_000;

/** What a guardrail may be called. */
export const guardrailName = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** The least and the most that each number of a policy may be. */
export const guardRanges = {
  window: [50, 25_000],
  holdback: [0, 10_000],
  delayMs: [1, LONGEST_MS],
} as const;

const name = must('must be a name of lower-case letters, digits and dashes');
const named = z.string(name).check(z.regex(guardrailName, name));
const names = z.optional(z.array(named, must('must be a list of guardrails by their names')));
const text = z.optional(z.string().check(z.regex(/^\S{1,2048}$/, must('must be text without blanks'))));

const whole = ([least, most]: readonly [number, number]) => {
  const range = must(`must be a whole number from ${least} to ${most}`);
  return z.optional(z.int(range).check(z.gte(least, range), z.lte(most, range)));
};

/** The guardrails an operator has, by the names that policies call them. */
export const guardrails = z.optional(
  z.record(
    named,
    z.strictObject({
      provider: z.string(must('must be the name of a provider')).check(z.minLength(1)),
      guardrail: text,
      version: text,
      model: text,
      regions: stated.regions,
      timeoutMs: whole([1, LONGEST_MS]),
      usdPerThousandUnits: z.optional(
        z.number().check(z.nonnegative(must('must be a price in dollars')), z.lte(1000, must('must be at most 1000'))),
      ),
    }),
  ),
);

/** Which of them requests and answers go through, as it is written for all, for one tenant or for one feature. */
export const writtenGuard = z.optional(
  z.strictObject({
    input: names,
    output: names,
    onFailure: z.optional(z.enum(onFailures, must(`must be one of ${onFailures.join(', ')}`))),
    unread: z.optional(z.enum(unreads, must(`must be one of ${unreads.join(', ')}`))),
    window: whole(guardRanges.window),
    holdback: whole(guardRanges.holdback),
    delayMs: whole(guardRanges.delayMs),
  }),
);
