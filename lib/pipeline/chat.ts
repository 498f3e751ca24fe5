import type { World } from '../world.ts';
import { admit } from './admit.ts';
import { cached } from './cache/cached.ts';
import { toCaching } from './cache/caching.ts';
import { accompanied } from './cache/company.ts';
import { look } from './cache/look.ts';
import { call } from './call.ts';
import { toCapture } from './captured.ts';
import { conclude } from './conclude.ts';
import { guardrailsOf } from './guardrails/guarded.ts';
import { introduced } from './introduced.ts';
import { openChat } from './open-chat.ts';
import { parseChat } from './parse.ts';
import { patient } from './patience.ts';
import { payable } from './payable.ts';
import { targetsOf, toPlan } from './plan.ts';
import { protect } from './protected.ts';
import { quoted, whenAsked } from './quoted.ts';
import { type Answered, replied } from './reply.ts';
import { shortened } from './shortened.ts';
import { openTally } from './tally.ts';
import type { Later, Visit } from './visit.ts';

/** One chat call, from the caller's bytes to the provider's answer and the bill. */
export async function chat(visit: Visit, world: World, later: Later): Promise<Answered> {
  const [caller, config] = await introduced(visit, world);
  const guarded = await protect(parseChat(visit), { visit, caller, config }, world);
  const { ask, redaction, guards } = guarded;
  const plan = payable(toPlan(ask, caller, config, world.random), ask.request);
  const targets = targetsOf(plan);
  const quote = whenAsked(() => quoted(ask.request, targets));
  const caching = toCaching(ask, plan, caller, config);

  const company = accompanied(visit);
  const patience = patient(company.signal, { byCaller: ask.patience, byRoute: plan.callMs }, config, world, later);
  const { signal } = patience;
  const looking = look(caching, visit, world, later); // beside the admission: a refusal is never answered from it
  const admitted = await admit({ visit, caller, config, ask, targets, quote, signal }, world, later);
  const { hold, standing } = admitted;
  const { requestFor, ...reckoned } = shortened(ask.request, quote, admitted);

  const endpoint = '/v1/chat/completions';
  const capture = toCapture(ask.request, caller);
  const opening = { visit, caller, ask, endpoint, caching, redaction, guards, capture, routed: plan, signal, standing };
  const tally = openTally({ ...opening, ...reckoned, version: config.version, mark: hold.mark, tick: world.tick });
  conclude(hold, tally, world, later);

  const going = { patience, tally, hold, world };
  const asking = () => call(plan, openChat(requestFor), going);
  const [first] = targets;
  const limit = first && reckoned.limitFor(first);
  const found = () => cached(asking, caching, looking, { ...going, company, limit, later });
  const guardrails = guardrailsOf(guards, going);
  const passed = guardrails.request(ask.request).then(found).then(guardrails.answer);
  const answering = passed.then(capture?.seen).then(guarded.restore); // last: all others see what left
  return replied(answering, ask.request, tally, world);
}
