import { GatewayError } from '../errors.ts';
import { refused } from '../providers/parameters.ts';
import type { Translated } from '../providers/provider.ts';
import { toFailure } from '../wire/failure.ts';
import type { Inbound, Outbound } from '../wire/send.ts';
import { PartlyAnswered } from '../wire/several.ts';
import { readSome, readText } from '../wire/text.ts';
import { type Clocks, startClocks } from './clocks.ts';
import { nonCompliant } from './compliant.ts';
import { endedWith } from './ended.ts';
import type { Going } from './going.ts';
import type { Step } from './plan.ts';
import { timeLimitsOf } from './time-limits.ts';
import { passedOn } from './trace.ts';
import { without } from './without.ts';

/** Refusals are short, and come at once: what is longer is no refusal of an API, and what does not come is not needed. */
const REFUSAL = { bytes: 64 * 1024, ms: 2_000 };

/** A dialect's two readings of what comes back. */
export type Reading<Answer> = {
  /** Whether the provider shows its answer while it writes it. */
  readonly streams: boolean;
  readonly toError: (status: number, headers: Inbound['headers'], body: string, provider: string) => GatewayError;
  /** `named` gives whatever may still go wrong its name, as it does for what goes wrong before the answer is certain. */
  readonly toAnswer: (inbound: Inbound, clocks: Clocks, named: (error: unknown) => GatewayError) => Promise<Answer>;
};

/**
 * One upstream call: authorize → send → read. Its failure is named, noted in the tally with what it may cost, and thrown;
 * how it ended is noted for all who would call the same target.
 */
export async function dispatch<Answer>(
  step: Step,
  translated: Translated,
  { streams, toError, toAnswer }: Reading<Answer>,
  { patience, followed, turn, tally, world }: Going,
): Promise<Answer> {
  const { target, timeouts } = step;
  const { name, credential, authorize } = target.provider;
  const { outbound, dropped } = translated;
  const { ask } = tally;
  // Plans hold only what complies. Should one ever not, nothing leaves.
  const refusal = nonCompliant(target, tally.caller);
  if (refusal !== undefined) throw refusal;
  if (ask.strict && dropped.length > 0) throw refused(dropped.join(', '), name, 'x-sluice-strict is on');
  const secret =
    credential === undefined ? undefined : await revealed(credential, target.name, { followed, turn, world });
  const { signal } = patience;
  if (signal.aborted) throw toFailure(signal.reason, name, signal); // nothing was sent, and nothing is to be paid

  const sentBytes = outbound.body.length;
  const limits = timeLimitsOf(step, {
    ask,
    followed,
    streams,
    sentBytes,
    leftMs: patience.leftMs(),
    trial: turn !== undefined,
  });
  const clocks = startClocks(limits, name, signal, world);
  const startedAt = world.tick();
  const named = (error: unknown) => without(secret, toFailure(error, name, clocks.signal));
  const spanId = tally.sent(target, translated);
  try {
    const traced = target.provider.traced ? withTrace(outbound, passedOn(tally.visit, spanId)) : outbound;
    const inbound = await world.send(authorize(traced, secret), clocks.signal, { connectMs: timeouts.connectMs });
    tally.reached();
    if (inbound.partly) tally.partly();
    if (inbound.status >= 300)
      throw toError(inbound.status, inbound.headers, await readSome(inbound.body, REFUSAL, world), name);
    if (isPage(inbound)) throw await page(inbound, name);
    const answer = await toAnswer(inbound, clocks, named);
    world.cooldowns.note(target.name, { as: 'answered' }, turn);
    return answer;
  } catch (error) {
    if (error instanceof PartlyAnswered) tally.partly();
    const failure = named(error instanceof PartlyAnswered ? error.cause : error);
    clocks.leave();
    tally.failed(failure);
    const hurried = ask.firstTokenMs !== undefined && ask.firstTokenMs === limits.firstTokenMs;
    const ended = endedWith(failure, { step, streams, hurried, silentMs: world.tick() - startedAt });
    // One that nothing could take the place of is never left alone, whatever it is called.
    if (ended !== undefined && (followed || ended.as !== 'broken')) world.cooldowns.note(target.name, ended, turn);
    throw failure;
  }
}

/** A request that says which trace it is part of. */
const withTrace = (outbound: Outbound, traceparent: string | undefined): Outbound =>
  traceparent === undefined || !('headers' in outbound)
    ? outbound
    : { ...outbound, headers: { ...outbound.headers, traceparent } };

/** The secret behind a reference. One that is not there makes its target as useless as a refused one, and where another answers nobody would notice: operators are told. */
async function revealed(
  credential: string,
  target: string,
  { followed, turn, world }: Pick<Going, 'followed' | 'turn' | 'world'>,
): Promise<string> {
  try {
    return await world.secrets.reveal(credential);
  } catch (error) {
    if (followed) {
      world.log.error('A target has no credential.', { target, credential, cause: String(error) });
      world.cooldowns.note(target, { as: 'broken' }, turn);
    }
    throw error;
  }
}

/** A page for people, which a proxy or a wrong address gives in the place of an answer. */
const isPage = ({ headers }: Inbound): boolean => /^\s*text\/html\b/i.test(headers['content-type'] ?? '');

async function page({ body }: Inbound, provider: string): Promise<GatewayError> {
  await readText(body, REFUSAL.bytes);
  return new GatewayError('provider_error', {
    provider,
    inBand: true,
    message: `${provider} answered with a web page. Its operator must check the address configured for it.`,
  });
}
