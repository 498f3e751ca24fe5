import { quoteEmbedding } from '../ledger/ceiling.ts';
import type { World } from '../world.ts';
import { admit } from './admit.ts';
import { call } from './call.ts';
import { toCapture } from './captured.ts';
import { conclude } from './conclude.ts';
import { guardrailsOf } from './guardrails/guarded.ts';
import { introduced } from './introduced.ts';
import { openEmbeddings } from './open-embeddings.ts';
import { parseEmbedding } from './parse.ts';
import { patient } from './patience.ts';
import { targetsOf, toPlan } from './plan.ts';
import { protect } from './protected.ts';
import { whenAsked } from './quoted.ts';
import { type Answered, embedded } from './reply.ts';
import { openTally } from './tally.ts';
import type { Later, Visit } from './visit.ts';

/** One embedding call: the same walk as a chat call, with nothing to stream. */
export async function embed(visit: Visit, world: World, later: Later): Promise<Answered> {
  const [caller, config] = await introduced(visit, world);
  const guarded = await protect(parseEmbedding(visit), { visit, caller, config }, world);
  const { request, ...asked } = guarded.ask;
  const plan = toPlan({ request, ...asked }, caller, config, world.random);
  const quote = whenAsked(() => quoteEmbedding(request, targetsOf(plan)));

  // Of the request only the model: a chat's limits, should a body hold them, mean nothing here.
  const ask = { ...asked, request: { model: request.model } };
  const patience = patient(visit.signal, { byCaller: ask.patience, byRoute: plan.callMs }, config, world, later);
  const { signal } = patience;
  const { hold, standing } = await admit(
    { visit, caller, config, ask, targets: targetsOf(plan), quote, signal },
    world,
    later,
  );

  const tally = openTally({
    visit,
    caller,
    ask,
    endpoint: '/v1/embeddings',
    routed: plan,
    redaction: guarded.redaction,
    guards: guarded.guards,
    capture: toCapture(request, caller),
    version: config.version,
    boundsFor: (target) => quoteEmbedding(request, [target]),
    signal,
    mark: hold.mark,
    standing,
    tick: world.tick,
  });
  conclude(hold, tally, world, later);

  const going = { patience, tally, world, hold };
  await guardrailsOf(guarded.guards, going).request(request);
  const answer = await call(plan, openEmbeddings(request), going);
  return embedded(answer, request, tally);
}
