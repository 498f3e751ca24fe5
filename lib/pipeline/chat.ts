import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { call } from './call.ts';
import { metered } from './metered.ts';
import { openChat } from './open-chat.ts';
import { parseChat } from './parse.ts';
import { patient } from './patience.ts';
import { toPlan } from './plan.ts';
import { record } from './record.ts';
import { type Answered, streamed, whole } from './reply.ts';
import { settle } from './settle.ts';
import { openTally } from './tally.ts';
import type { Later, Visit } from './visit.ts';

/** One chat call, from the caller's bytes to the provider's answer and the bill. */
export async function chat(visit: Visit, world: World, later: Later): Promise<Answered> {
  const caller = await authenticate(visit, world);
  const ask = parseChat(visit);
  const plan = toPlan(ask.request.model, caller, world.config());
  const hold = await world.ledger.reserve(caller, visit.id, visit.startedAt);

  const tally = openTally({ visit, caller, ask, endpoint: '/v1/chat/completions', tick: world.tick });
  later(() => settle(hold, tally, world));
  later(() => record(tally, world));

  const signal = patient(visit.signal, ask.patience, world, later);
  const answer = await call(plan, openChat(ask.request), { signal, tally, world });
  if (answer.kind === 'whole') return whole(answer.completion, tally);
  return streamed(metered(answer.chunks, tally), ask.request, tally);
}
