import { asGatewayError } from '../../errors.ts';
import { keptBack } from '../../guardrails/kept-back.ts';
import { silent } from '../../guardrails/silent.ts';
import type { ChatChunk, ChatStream } from '../../openai/answer.ts';
import type { Guarded } from './guarded.ts';
import type { Guards } from './guards.ts';
import type { Judge } from './judging.ts';
import { type Pulled, pulled } from './pulled.ts';

/**
 * A streamed answer of which each piece is shown once it has passed. Where one may not pass the answer ends there, as
 * filtered; what is left of it is read all the same and not shown, for its provider tells at its end what it asks for it.
 * Where nobody can say whether it may pass, and the policy is closed, it fails at once.
 */
export async function* checkedStream(chunks: ChatStream, guards: Guards, judge: Judge, call: Guarded): ChatStream {
  const { patience, tally, world } = call;
  const { guardrails: outcome } = tally;
  const back = keptBack(guards);
  const source = pulled(chunks, world);

  const passes = async (): Promise<boolean> => {
    const texts = back.unseen();
    const blocked = texts.length > 0 && (await judge(texts, 'output')).length > 0;
    if (!blocked) back.pass();
    return !blocked;
  };
  const shown = (): readonly ChatChunk[] => {
    const taken = back.take(world.tick());
    outcome.keptBack(back.longestMs());
    return taken;
  };
  /** What comes next. A provider that fails ends its answer: what came before that is shown, should it pass. */
  let failure: { readonly error: unknown } | undefined;
  const next = async () => {
    const since = back.waitingSince();
    try {
      return await source.next(since === undefined ? undefined : since + guards.delayMs - world.tick());
    } catch (error) {
      if (patience.signal.aborted) throw error;
      failure = { error };
      return 'ended';
    }
  };

  try {
    for (;;) {
      const step = await next();
      if (step === 'ended') back.end();
      else if (step !== 'late') for (const chunk of step) outcome.passesOver(back.add(silent(chunk), world.tick()));
      if ((step === 'ended' || step === 'late' || back.due()) && !(await passes())) {
        yield back.endings(tally.ask.request.n ?? 1);
        yield await counted(back.rest(), source);
        return tally.finishes('content_filter');
      }
      const taken = shown();
      if (taken.length > 0) yield taken;
      if (failure !== undefined) throw failure.error;
      if (step === 'ended') return;
    }
  } catch (error) {
    tally.failed(asGatewayError(error)); // also of an answer that had ended well by then
    throw error;
  } finally {
    await source.leave();
  }
}

/** What is said of the cost by what will not be shown, and nothing else of it. Whoever was told the end of an answer is not told that its provider failed. */
async function counted(waiting: readonly ChatChunk[], source: Pulled): Promise<readonly ChatChunk[]> {
  const counts = [...waiting];
  try {
    for await (const batch of source.rest()) counts.push(...batch);
  } catch {}
  return counts.flatMap(({ id, object, created, model, usage, service_tier }) =>
    usage
      ? [{ id, object, created, model, choices: [], usage, ...(service_tier !== undefined && { service_tier }) }]
      : [],
  );
}
