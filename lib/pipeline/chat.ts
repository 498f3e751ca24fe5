import type { World } from '../world.ts';
import { admit } from './admit.ts';
import { authenticate } from './authenticate.ts';
import { call } from './call.ts';
import { conclude } from './conclude.ts';
import { openChat } from './open-chat.ts';
import { parseChat } from './parse.ts';
import { patient } from './patience.ts';
import { toPlan } from './plan.ts';
import { quoted } from './quoted.ts';
import { type Answered, streamed, whole } from './reply.ts';
import { shortened } from './shortened.ts';
import { openTally } from './tally.ts';
import type { Later, Visit } from './visit.ts';

/** One chat call, from the caller's bytes to the provider's answer and the bill. */
export async function chat(visit: Visit, world: World, later: Later): Promise<Answered> {
  const [caller, config] = await Promise.all([authenticate(visit, world), world.config()]);
  const ask = parseChat(visit);
  const plan = toPlan(ask.request.model, caller, config, ask.labels.feature);
  const quote = quoted(ask.request, plan);

  const signal = patient(visit.signal, ask.patience, config, world, later);
  const admitted = await admit({ visit, caller, config, ask, plan, quote, signal }, world, later);
  const { hold, standing } = admitted;
  const { requestFor, ...reckoned } = shortened(ask.request, quote, admitted);

  const endpoint = '/v1/chat/completions';
  const tally = openTally({
    visit,
    caller,
    ask,
    endpoint,
    signal,
    standing,
    mark: hold.mark,
    tick: world.tick,
    ...reckoned,
  });
  conclude(hold, tally, world, later);

  const answer = await call(plan, openChat(requestFor), { signal, tally, world, hold });
  if (answer.kind === 'whole') return whole(answer.completion, tally);
  return streamed(answer.chunks, ask.request, tally);
}
