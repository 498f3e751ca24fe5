import { asGatewayError, GatewayError } from '../errors.ts';
import type { Going } from './going.ts';
import { inTurn, lineUp, othersThan } from './line-up.ts';
import { type Failed, waitBefore } from './next-try.ts';
import { pause } from './patience.ts';
import type { Plan, Step } from './plan.ts';
import { told } from './told.ts';

/** Opens a call to one target: resolves once the answer is certain to be one. */
export type Open<Answer> = (step: Step, going: Going) => Promise<Answer>;

/** What all pauses of a call come to at most. */
const MOST_WAITING_MS = 3_000;

/**
 * Tries the plan's steps in order until one answers; those that are left alone come last, for then a call that may fail
 * is better than none. The failure that is told is the first, or that the time is over. What is held pays for one
 * attempt: before another, what those before may have cost is held besides, or that was the last.
 */
export async function call<Answer>(
  plan: Plan,
  open: Open<Answer>,
  going: Omit<Going, 'followed' | 'turn'>,
): Promise<Answer> {
  const { patience, tally, world, hold } = going;
  const line = lineUp(plan.steps, world);
  const failed: Failed[] = [];
  let waited = 0;
  let raised = 0;
  for (const step of inTurn(line)) {
    const { name } = step.target;
    const patienceMs = Math.min(MOST_WAITING_MS - waited, patience.leftMs());
    const wait = waitBefore(step, { failed, now: world.tick(), patienceMs, random: world.random });
    if (wait === undefined || failed.filter((each) => each.step === step).length >= step.tries) continue;
    const admitted = line.resting.includes(step) ? 'well' : await world.cooldowns.admits(name);
    if (admitted === 'resting') {
      line.resting.push(step);
      continue;
    }
    const turn = admitted === 'well' ? undefined : admitted;
    try {
      const since = world.tick();
      if (wait > 0) await pause(wait, patience.signal, world).catch(() => {}); // that it was broken off is seen below
      waited += wait;
      tally.waited(world.tick() - since);
      if (patience.signal.aborted) break;

      const owed = tally.owed().nanoDollars;
      if (owed > raised && !(await world.ledger.raise(hold, owed - raised))) break;
      raised = owed;
      const followed = othersThan(name, line).some((other) => !failed.some(({ step }) => step.target.name === other));
      const outcome = await outcomeOf(async () => open(step, { ...going, followed, turn }));
      if ('answer' in outcome) return outcome.answer;
      const { failure } = outcome;
      tally.failed(failure); // one that came before anything was sent, too
      failed.push({ step, failure, at: world.tick() });
      if (failure.blame === 'caller' || patience.signal.aborted) break;
    } finally {
      if (turn !== undefined) world.cooldowns.release(name, turn);
    }
  }
  const failure = firstOf(failed, patience.signal);
  tally.failed(failure); // what is told is what is written down
  throw told(failure, tally);
}

const outcomeOf = <Answer>(work: () => Promise<Answer>) =>
  work().then(
    (answer) => ({ answer }),
    (error: unknown) => ({ failure: asGatewayError(error) }),
  );

/** The failure to tell: that the time is over, or the first of a target that was asked, or else why the first could not be. */
function firstOf(failed: readonly Failed[], signal: AbortSignal): GatewayError {
  if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason;
  const asked = failed.find(({ failure }) => failure.source === 'provider');
  return (
    (asked ?? failed[0])?.failure ?? new GatewayError('internal_error', { message: 'There was no target to call.' })
  );
}
