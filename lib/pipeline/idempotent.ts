import { GatewayError } from '../errors.ts';
import type { Claim, Claimed } from '../repeats.ts';
import { either } from '../wire/either.ts';
import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { toClaim } from './claim.ts';
import { collected } from './collected.ts';
import { toPatience } from './headers.ts';
import { renewed } from './lease.ts';
import { pause, timedOut } from './patience.ts';
import { replayed, toKept } from './replayed.ts';
import type { Answered, Walk } from './reply.ts';
import { sealed, unsealed } from './sealed.ts';
import { spanned } from './spanned.ts';
import type { Later, Visit } from './visit.ts';

/**
 * A walk that is gone once for all requests with the same idempotency-key and body: one call, one charge, one answer.
 * A walk that fails is as if it had not been. A request without the header goes its way, and nobody is asked.
 */
export function idempotent(walk: Walk): Walk {
  return async (visit, world, later) => {
    const name = visit.headers['idempotency-key'];
    if (name === undefined) return walk(visit, world, later);
    const claim = toClaim(name, visit, await authenticate(visit, world));
    const patience = toPatience(visit.headers, 'x-sluice-timeout-ms');
    const claimed = await spanned({ name: 'idempotency', visit }, world, () =>
      decided(claim, patience ?? MOST_WAITING_MS, { visit, world, later }),
    );
    if (claimed.state === 'mine') return made(walk, claim, patience, { visit, world, later });
    world.log.info('repeated', { id: visit.id, tenant: claim.tenant, keyId: claim.keyId, of: claimed.owner });
    visit.trace?.about({ 'sluice.replayed_of': claimed.owner });
    const { answer } = claimed;
    return replayed({ ...answer, body: unsealed(answer.body, visit.body) });
  };
}

type Going = { readonly visit: Visit; readonly world: World; readonly later: Later };
type Decided = Extract<Claimed, { state: 'done' }> | { readonly state: 'mine' };

/** How long a claim holds without being renewed: what a process that died keeps others waiting. */
export const LEASE_MS = 30_000;
/** Two renewals may fail before a claim lapses. */
const RENEWED_MS = 10_000;
/** How long a repetition waits, at most, for the answer of the request before it, where its caller names no time. */
const MOST_WAITING_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/** The claim, once it is ours or its call is done. Waits for a twin that is being answered, as long as its caller has patience. */
async function decided(claim: Claim, patience: number, { visit, world, later }: Going): Promise<Decided> {
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
    const { state, ...found } = await claimOf(claim, world, later);
    if (state === 'mine') return { state };
    if (state === 'other') throw otherRequest();
    if ('answer' in found) return { state: 'done', ...found };
    if (world.tick() - visit.startedTick + ms > patience) throw stillRunning();
    await pause(ms * (0.5 + world.random() / 2), visit.signal, world);
  }
}

/** Asks for a claim. One of which nobody knows whether it was made is given up, or it would stand in the way of the next. */
async function claimOf(claim: Claim, world: World, later: Later): Promise<Claimed> {
  try {
    return await world.repeats.claim(claim, LEASE_MS);
  } catch (error) {
    later(() => world.repeats.release(claim));
    throw error;
  }
}

/** Goes the walk to its end, whether the client stays or not, and keeps what came of it. */
async function made(walk: Walk, claim: Claim, patience: number | undefined, going: Going): Promise<Answered> {
  const { visit, world, later } = going;
  const renew = () => world.repeats.renew(claim, LEASE_MS);
  const letGo = renewed({ of: 'claim', owner: claim.owner, everyMs: RENEWED_MS, renew }, world);
  let text: () => string | undefined = () => undefined;
  let answer: Answered | undefined;
  later(async () => {
    const body = text();
    try {
      if (answer === undefined || body === undefined) await world.repeats.release(claim);
      else await world.repeats.keep(claim, toKept(answer, answer.secret ? sealed(body, visit.body, visit.id) : body));
    } finally {
      await letGo();
    }
  });
  answer = await walk({ ...visit, signal: ending(patience, going) }, world, later);
  const passing = collected(answer);
  text = passing.text;
  return { ...answer, body: passing.body };
}

/** Fires when the call must end: its door closes, or its caller's patience is over, of which waiting has had its part. A client that hangs up is no reason. */
function ending(patience: number | undefined, { visit, world, later }: Going): AbortSignal {
  if (patience === undefined) return visit.over;
  const left = patience - (world.tick() - visit.startedTick);
  const message = `The call took longer than the ${patience} ms its caller allows.`;
  return either(visit.over, timedOut(left, message, world, later));
}

const otherRequest = () =>
  new GatewayError('idempotency_conflict', {
    param: 'idempotency-key',
    message:
      'Another body or path was asked with this idempotency-key within the last 24 hours. Send each new request with a key of its own.',
  });

const stillRunning = () =>
  new GatewayError('idempotency_in_progress', {
    param: 'idempotency-key',
    retryAfterMs: LONGEST_PAUSE_MS,
    message:
      'The first request with this idempotency-key is still being answered. Send the same request again to get its answer.',
  });
