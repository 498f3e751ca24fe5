import { noUsage } from '../catalog/usage.ts';
import type { GuardrailRecord, Scanned } from '../guardrails/record.ts';
import type { Side } from '../providers/guardrails/guard-dialect.ts';
import type { Bill, CallRecord } from '../world.ts';
import type { Screening } from './screening.ts';

/** What guardrails do for a visit, as far as it is known. */
export type GuardOutcome = ReturnType<typeof openGuardOutcome>;

export function openGuardOutcome(screening?: Screening) {
  const states: Record<Side, Scanned> = { input: 'not scanned', output: 'not scanned' };
  let blocked: GuardrailRecord['blocked'];
  let unscanned: readonly string[] = [];
  let heldMs: number | undefined;
  let estimated = false;
  let [questions, ms, nanoDollars] = [0, 0, 0];

  return {
    /** A question was answered, or not, after so long; what it costs, and whether that is only the most it can. */
    asked(tookMs: number, cost: number, guessed = false): void {
      questions += 1;
      ms += tookMs;
      nanoDollars += cost;
      estimated ||= guessed;
    },

    /** A text of this side was looked at; of an answer in pieces one that nobody saw counts for all of it. */
    saw(side: Side, how: Exclude<Scanned, 'not scanned'>): void {
      if (states[side] !== 'failed') states[side] = how;
    },

    /** Of the request these kinds cannot be looked into. */
    passedOver(kinds: readonly string[]): void {
      unscanned = kinds;
    },

    /** A side was not let pass, by these. */
    blocks(side: Side, by: readonly string[]): void {
      blocked = { side, by };
    },

    /** So long a piece of the answer was kept back. */
    held(longestMs: number): void {
      heldMs = longestMs;
    },

    /** What the questions come to; undefined where none were asked. */
    bill: (): Bill | undefined => (questions === 0 ? undefined : { usage: noUsage, nanoDollars, estimated }),

    /** What is recorded, where there are guardrails. */
    record(): Pick<CallRecord, 'guardrails'> {
      if (screening === undefined) return {};
      const guardrails = {
        ...states,
        ...(blocked && { blocked }),
        ...(unscanned.length > 0 && { unscanned }),
        questions,
        ms: rounded(ms),
        nanoUsd: nanoDollars,
        ...(heldMs !== undefined && { heldMs: rounded(heldMs) }),
      };
      return { guardrails };
    },
  };
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;
