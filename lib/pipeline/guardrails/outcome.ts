import { noUsage } from '../../catalog/usage.ts';
import type { GuardrailRecord, Scanned } from '../../guardrails/record.ts';
import type { Side } from '../../providers/guardrails/guard-dialect.ts';
import type { Bill, CallRecord } from '../../world.ts';
import type { Guards } from './guards.ts';

/** What guardrails do for a visit, as far as it is known. */
export type GuardOutcome = ReturnType<typeof openGuardOutcome>;

export function openGuardOutcome(guards?: Guards) {
  const states: Record<Side, Scanned> = { input: 'not scanned', output: 'not scanned' };
  let blocked: GuardrailRecord['blocked'];
  const unscanned = new Set<string>();
  let keptBackMs: number | undefined;
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

    /** These kinds of what it holds cannot be looked into. */
    passesOver(kinds: readonly string[]): void {
      for (const kind of kinds) unscanned.add(kind);
    },

    /** A side was not let pass, by these. */
    blocks(side: Side, by: readonly string[]): void {
      blocked = { side, by };
    },

    /** So long a piece of the answer was kept back. */
    keptBack(longestMs: number): void {
      keptBackMs = longestMs;
    },

    /** What the questions come to; undefined where none were asked. */
    bill: (): Bill | undefined => (questions === 0 ? undefined : { usage: noUsage, nanoDollars, estimated }),

    /** What is recorded, where there are guardrails. */
    record(): Pick<CallRecord, 'guardrails'> {
      if (guards === undefined) return {};
      const guardrails = {
        ...states,
        ...(blocked && { blocked }),
        ...(unscanned.size > 0 && { unscanned: [...unscanned].sort() }),
        questions,
        ms: rounded(ms),
        nanoUsd: nanoDollars,
        ...(keptBackMs !== undefined && { keptBackMs: rounded(keptBackMs) }),
      };
      return { guardrails };
    },
  };
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;
