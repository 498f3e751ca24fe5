import { GatewayError } from '../errors.ts';
import { toQuestions } from '../guardrails/questions.ts';
import type { Guardrail } from '../providers/guardrails/configured.ts';
import type { Side, Verdict } from '../providers/guardrails/guard-dialect.ts';
import { toFailure } from '../wire/failure.ts';
import { readSome, readText } from '../wire/text.ts';
import type { Screened } from './screen.ts';
import type { Screening } from './screening.ts';
import { without } from './without.ts';

const MOST_ANSWER_BYTES = 8 * 1024 * 1024;
const REFUSAL = { bytes: 64 * 1024, ms: 2_000 };
/** A question that met a passing trouble is asked a second time. */
const TRIES = 2;
/** So much is held at once for questions to come, in nano-dollars: a stream asks many, and each hold is a write. */
const AHEAD = 5_000_000;

/**
 * Asks all guardrails of a side whether texts may pass, all at once, and gives what they found. What a question may cost
 * is held before it is asked. One that cannot be asked fails the call where its policy is closed; where it is open the
 * texts pass, and the record says so.
 */
export function openJury(screening: Screening, { patience, tally, hold, world }: Screened) {
  const { guardrails: outcome } = tally;
  let held = 0;
  let promised = 0;

  const pay = async (nanoDollars: number): Promise<void> => {
    promised += nanoDollars;
    const lacking = promised - held;
    if (lacking <= 0) return;
    for (const more of [Math.max(lacking, AHEAD), lacking]) {
      if (!(await world.ledger.raise(hold, more))) continue;
      held += more;
      return;
    }
    promised -= nanoDollars;
    throw new GatewayError('budget_exceeded', {
      message: `What is left of the budgets of tenant ${tally.caller.tenant} does not pay for the guardrails this call goes through.`,
    });
  };

  const ask = async ({ name, provider, dialect, timeoutMs }: Guardrail, text: string, side: Side): Promise<Verdict> => {
    const ceiling = dialect.ceiling(text);
    if (ceiling > 0) await pay(ceiling);
    const secret = provider.credential === undefined ? undefined : await world.secrets.reveal(provider.credential);
    const late = new AbortController();
    const cancel = world.timer(timeoutMs, () => late.abort(tooSlow(name, provider.name, timeoutMs)));
    const signal = AbortSignal.any([patience.signal, late.signal]);
    const since = world.tick();
    let cost: Cost = { nanoDollars: ceiling, guessed: true };
    try {
      const inbound = await world.send(provider.authorize(dialect.toProvider(text, side), secret), signal);
      if (inbound.status >= 300)
        throw dialect.toError(
          inbound.status,
          inbound.headers,
          await readSome(inbound.body, REFUSAL, world),
          provider.name,
        );
      const verdict = dialect.fromProvider(await readText(inbound.body, MOST_ANSWER_BYTES), provider.name);
      cost = { nanoDollars: verdict.nanoDollars, guessed: false };
      return verdict;
    } catch (error) {
      const failure = without(secret, toFailure(error, provider.name, signal));
      // A refusal, and one that nobody heard, ask nothing; of one that broke off nobody knows.
      if (failure.details.upstreamStatus !== undefined || failure.details.unreached) cost = free;
      throw failure;
    } finally {
      cancel();
      outcome.asked(world.tick() - since, cost.nanoDollars, cost.guessed && cost.nanoDollars > 0);
    }
  };

  const asked = async (guardrail: Guardrail, text: string, side: Side): Promise<Verdict> => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask(guardrail, text, side);
      } catch (error) {
        const again = error instanceof GatewayError && error.blame === 'moment' && error.code !== 'timeout';
        if (patience.signal.aborted || tries === TRIES || !again) throw error;
      }
    }
  };

  /** What one guardrail finds; nothing, and said so, where it fails and its policy is open. */
  const foundBy = async (guardrail: Guardrail, texts: readonly string[], side: Side): Promise<readonly string[]> => {
    const questions = toQuestions(texts, guardrail.dialect.mostCharacters);
    try {
      const verdicts = await Promise.all(questions.map((each) => asked(guardrail, each, side)));
      outcome.saw(side, 'scanned');
      const reasons = new Set(verdicts.flatMap(({ blocked }) => blocked));
      return reasons.size === 0 ? [] : [`${guardrail.name}: ${[...reasons].sort().join(', ')}`];
    } catch (error) {
      if (patience.signal.aborted) throw toFailure(patience.signal.reason, guardrail.provider.name, patience.signal);
      outcome.saw(side, 'failed');
      world.metrics.count('GuardrailFailed');
      const { visit, caller } = tally;
      const passes = screening.onFailure === 'open';
      const about = { id: visit.id, tenant: caller.tenant, guardrail: guardrail.name, side, passes };
      world.log.error('A guardrail could not be asked.', { ...about, cause: String(error) });
      if (passes) return [];
      throw error instanceof GatewayError && error.code === 'budget_exceeded' ? error : closed(guardrail.name, error);
    }
  };

  return async (texts: readonly string[], side: Side): Promise<readonly string[]> => {
    const found = await Promise.all(screening[side].map((guardrail) => foundBy(guardrail, texts, side)));
    const blocked = found.flat();
    if (blocked.length > 0) {
      outcome.blocks(side, blocked);
      const { visit, caller } = tally;
      world.log.info('blocked', { id: visit.id, tenant: caller.tenant, keyId: caller.keyId, side, blocked });
    }
    return blocked;
  };
}

type Cost = { readonly nanoDollars: number; readonly guessed: boolean };
const free: Cost = { nanoDollars: 0, guessed: false };

const tooSlow = (name: string, provider: string, ms: number) =>
  new GatewayError('timeout', { provider, message: `The guardrail ${name} did not answer within ${ms} ms.` });

const closed = (name: string, cause: unknown) =>
  new GatewayError('gateway_unavailable', {
    message: `The guardrail ${name} cannot be asked right now, and nothing passes without it. Try again shortly.`,
    cause,
  });
