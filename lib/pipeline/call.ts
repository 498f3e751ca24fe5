import { asGatewayError, GatewayError } from '../errors.ts';
import type { Hold } from '../ledger/admission.ts';
import { refused } from '../providers/parameters.ts';
import type { Target, Translated } from '../providers/provider.ts';
import { toFailure } from '../wire/failure.ts';
import type { Inbound } from '../wire/send.ts';
import { readText } from '../wire/text.ts';
import type { World } from '../world.ts';
import type { Tally } from './tally.ts';
import { told } from './told.ts';

/** What every step of a call on its way has at hand. */
export type Going = {
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly world: World;
  /** What is held for the call. */
  readonly hold: Hold;
};

/** Opens a call to one target: resolves once the answer is certain to be one. */
export type Open<Answer> = (target: Target, going: Going) => Promise<Answer>;

/** Refusals are short; what is longer is no refusal of an API. */
const MOST_REFUSAL_BYTES = 64 * 1024;

/**
 * Tries the plan's targets in order until one answers. The first failure is the one that is told. What is held pays for
 * one attempt: before another, what those before may have cost is held besides, or that was the last.
 */
export async function call<Answer>(plan: readonly Target[], open: Open<Answer>, going: Going): Promise<Answer> {
  let first: GatewayError | undefined;
  let raised = 0;
  for (const target of plan) {
    const owed = going.tally.bill().nanoDollars;
    if (owed > raised && !(await going.world.ledger.raise(going.hold, owed - raised))) break;
    raised = owed;
    try {
      return await open(target, going);
    } catch (error) {
      const failure = asGatewayError(error);
      going.tally.failed(failure); // one that came before anything was sent, too
      first ??= failure;
      if (failure.blame === 'caller' || going.signal.aborted) break;
    }
  }
  const failure = first ?? new GatewayError('internal_error', { message: 'There was no target to call.' });
  throw told(failure, going.tally);
}

/** A dialect's two readings of what comes back. */
export type Reading<Answer> = {
  readonly toError: (status: number, headers: Inbound['headers'], body: string, provider: string) => GatewayError;
  readonly toAnswer: (inbound: Inbound) => Promise<Answer>;
};

/** One upstream call: authorize → send → read. Its failure is named, noted in the tally with what it may cost, and thrown. */
export async function dispatch<Answer>(
  target: Target,
  translated: Translated,
  { toError, toAnswer }: Reading<Answer>,
  { signal, tally, world }: Going,
): Promise<Answer> {
  const { name, credential, authorize } = target.provider;
  const { outbound, dropped } = translated;
  if (tally.ask.strict && dropped.length > 0) throw refused(dropped.join(', '), name, 'x-sluice-strict is on');
  const secret = credential === undefined ? undefined : await world.secrets.reveal(credential);

  if (signal.aborted) throw toFailure(signal.reason, name, signal); // nothing was sent, and nothing is to be paid
  tally.sent(target, translated);
  try {
    const inbound = await world.send(authorize(outbound, secret), signal);
    if (inbound.status < 300) return await toAnswer(inbound);
    if (inbound.partly) tally.partly();
    throw toError(inbound.status, inbound.headers, await readText(inbound.body, MOST_REFUSAL_BYTES), name);
  } catch (error) {
    const failure = without(secret, toFailure(error, name, signal));
    tally.failed(failure);
    throw failure;
  }
}

/** The failure without the credential, which some providers quote whatever it looks like. */
function without(secret: string | undefined, failure: GatewayError): GatewayError {
  const { message, param } = failure.details;
  if (!secret || !`${message} ${param}`.includes(secret)) return failure;
  const clean = (text: string) => text.replaceAll(secret, '[key]');
  return new GatewayError(failure.code, {
    ...failure.details,
    message: clean(message),
    ...(param === undefined ? {} : { param: clean(param) }),
  });
}
