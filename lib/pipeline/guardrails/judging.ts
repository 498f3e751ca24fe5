import { asGatewayError, GatewayError } from '../../errors.ts';
import { toQuestions } from '../../guardrails/questions.ts';
import type { Side, Verdict } from '../../providers/guardrails/guard-dialect.ts';
import { toFailure } from '../../wire/failure.ts';
import { spanned } from '../spanned.ts';
import type { Guarded } from './guarded.ts';
import type { Guards } from './guards.ts';
import { purse } from './purse.ts';
import { type Question, verdictOf } from './question.ts';

/** What guardrails found in some texts that may not pass; nothing where all of them may. Throws where nobody can say, and the policy is closed. */
export type Judge = (texts: readonly string[], side: Side) => Promise<readonly string[]>;

/** How many questions of a call are asked at once: a service of guardrails counts them by the second. */
const AT_ONCE = 4;

/**
 * Asks all guardrails of a side whether texts may pass. What any of them blocks is blocked, whatever others say, or
 * cannot. Where one cannot be asked and its policy is open, the texts pass unseen by it, and the record says so.
 */
export function judging(guards: Guards, call: Guarded): Judge {
  const { patience, tally, world } = call;
  const { pay } = purse(call);
  const { guardrails: outcome, visit, caller } = tally;

  const judge: Judge = async (texts, side) => {
    const questions = guards[side].flatMap((guardrail) =>
      toQuestions(texts, guardrail.dialect.mostCharacters).map((text): Question => ({ guardrail, text, side })),
    );
    const { found, failures } = await answersTo(questions, (question) => verdictOf(question, pay, call));
    if (patience.signal.aborted) throw toFailure(patience.signal.reason, 'guardrails', patience.signal);
    const blocked = [...found].map(([name, reasons]) => `${name}: ${[...reasons].sort().join(', ')}`);
    const failed = failures.filter(({ failure }) => failure.code !== 'budget_exceeded');
    if (questions.length > 0) outcome.saw(side, failures.length > 0 ? 'failed' : 'scanned');
    for (const { name, failure } of failed) tellFailed(name, failure, side);
    if (blocked.length > 0) {
      outcome.blocks(side, blocked);
      world.log.info('blocked', { id: visit.id, tenant: caller.tenant, keyId: caller.keyId, side, blocked });
      return blocked;
    }
    const unpaid = failures.find(({ failure }) => failure.code === 'budget_exceeded');
    if (unpaid !== undefined) throw unpaid.failure; // an empty budget is no way around a guardrail
    const [first] = failed;
    if (first !== undefined && guards.onFailure === 'closed') throw closed(first, side);
    return [];
  };

  /** Without its words: a service may quote what it was asked. */
  const tellFailed = (guardrail: string, { code, details: { provider, upstreamStatus } }: GatewayError, side: Side) => {
    world.metrics.count('GuardrailFailed');
    const about = { id: visit.id, tenant: caller.tenant, guardrail, side, passes: guards.onFailure === 'open' };
    world.log.error('A guardrail could not be asked.', { ...about, code, provider, status: upstreamStatus });
  };

  const about = (blocked: readonly string[]) => ({ 'sluice.guardrails.blocked': blocked.length > 0 });
  return (texts, side) => spanned({ name: `guardrails ${side}`, visit, about }, world, () => judge(texts, side));
}

type Failed = { readonly name: string; readonly failure: GatewayError };

/** The answers to questions, a few at a time: what was found by whom, and what failed. Once something is found no more are asked; all that were are awaited, for they are paid. */
async function answersTo(questions: readonly Question[], ask: (question: Question) => Promise<Verdict>) {
  const found = new Map<string, Set<string>>();
  const failures: Failed[] = [];
  const waiting = questions.values(); // one for all who take from it
  const inTurn = async () => {
    for (const question of waiting) {
      if (found.size > 0) return;
      const { name } = question.guardrail;
      try {
        const { blocked } = await ask(question);
        if (blocked.length > 0) found.set(name, new Set([...(found.get(name) ?? []), ...blocked]));
      } catch (error) {
        failures.push({ name, failure: asGatewayError(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
  return { found, failures };
}

/** Of an answer that was paid for no SDK must ask by itself again. */
const closed = ({ name, failure }: Failed, side: Side) =>
  new GatewayError('gateway_unavailable', {
    message: `The guardrail ${name} cannot be asked right now, and nothing passes without it. Try again shortly.`,
    ...(failure.details.retryAfterMs !== undefined && { retryAfterMs: failure.details.retryAfterMs }),
    ...(side === 'output' && { headers: { 'x-should-retry': 'false' } }),
  });
