import { asGatewayError, GatewayError } from '../../errors.ts';
import type { Guardrail } from '../../providers/guardrails/configured.ts';
import type { Side, Verdict } from '../../providers/guardrails/guard-dialect.ts';
import { either } from '../../wire/either.ts';
import { toFailure } from '../../wire/failure.ts';
import { readSome, readText } from '../../wire/text.ts';
import { pause } from '../patience.ts';
import { without } from '../without.ts';
import type { Guarded } from './guarded.ts';
import type { Purse } from './purse.ts';

/** Whether one text may pass one guardrail. */
export type Question = { readonly guardrail: Guardrail; readonly text: string; readonly side: Side };

const MOST_ANSWER_BYTES = 8 * 1024 * 1024;
const REFUSAL = { bytes: 64 * 1024, ms: 2_000 };
/** A question that met a passing trouble is asked a second time, after what the service asks for, or a little. */
const TRIES = 2;
const PAUSE_MS = 100;
/** Who asks for longer is not waited for. */
const LONGEST_PAUSE_MS = 1_000;

/** The answer to a question. Throws what it fails with. */
export async function verdictOf(question: Question, pay: Purse['pay'], call: Guarded): Promise<Verdict> {
  for (let tries = 1; ; tries++) {
    try {
      return await asked(question, pay, call);
    } catch (error) {
      const { blame, code, details } = asGatewayError(error);
      const { retryAfterMs = PAUSE_MS } = details;
      const again = blame === 'moment' && !['timeout', 'internal_error'].includes(code) && tries < TRIES;
      if (!again || call.patience.signal.aborted || retryAfterMs > LONGEST_PAUSE_MS) throw error;
      await pause(retryAfterMs, call.patience.signal, call.world);
    }
  }
}

async function asked({ guardrail, text, side }: Question, pay: Purse['pay'], call: Guarded): Promise<Verdict> {
  const { patience, tally, world } = call;
  const { name, provider, dialect, timeoutMs } = guardrail;
  const ceiling = dialect.ceiling(text);
  const paid = await pay(ceiling);
  const late = new AbortController();
  const cancel = world.timer(timeoutMs, () => late.abort(tooSlow(name, provider.name, timeoutMs)));
  const signal = either(patience.signal, late.signal);
  const since = world.tick();
  let secret: string | undefined;
  let cost = free;
  try {
    secret = provider.credential === undefined ? undefined : await world.secrets.reveal(provider.credential);
    signal.throwIfAborted();
    cost = { nanoDollars: ceiling, guessed: ceiling > 0 }; // of a question that breaks off nobody knows
    const inbound = await world.send(provider.authorize(dialect.toProvider(text, side), secret), signal);
    if (inbound.status >= 300)
      throw dialect.toError(
        inbound.status,
        inbound.headers,
        await readSome(inbound.body, REFUSAL, world),
        provider.name,
      );
    const verdict = dialect.fromProvider(await readText(inbound.body, MOST_ANSWER_BYTES), provider.name);
    const { nanoDollars } = verdict;
    if (nanoDollars !== undefined) cost = { nanoDollars: Math.min(nanoDollars, ceiling), guessed: false }; // what was held, whatever it counts
    return verdict;
  } catch (error) {
    const failure = without(secret, toFailure(error, provider.name, signal));
    // A refusal, and a question that nobody heard, cost nothing.
    if (failure.details.upstreamStatus !== undefined || failure.details.unreached) cost = free;
    throw failure;
  } finally {
    cancel();
    paid(cost.nanoDollars);
    tally.guardrails.asked(world.tick() - since, cost.nanoDollars, cost.guessed);
  }
}

type Cost = { readonly nanoDollars: number; readonly guessed: boolean };
const free: Cost = { nanoDollars: 0, guessed: false };

const tooSlow = (name: string, provider: string, ms: number) =>
  new GatewayError('timeout', { provider, message: `The guardrail ${name} did not answer within ${ms} ms.` });
