import { asGatewayError } from '../errors.ts';
import { heldChunks } from '../guardrails/held.ts';
import type { ChatStream } from '../openai/answer.ts';
import { pulled } from './pulled.ts';
import type { Screened } from './screen.ts';
import type { Judge } from './screened.ts';
import type { Screening } from './screening.ts';

type Screen = { readonly screening: Screening; readonly judge: Judge; readonly call: Screened };

/**
 * A streamed answer of which each piece is shown once it was looked at. Where one may not pass the answer ends there, as
 * filtered; where it cannot be looked at and the policy is closed, it fails. What is left of it is read all the same and
 * not shown: its provider tells at its end what it asks for it, and others may wait for the same answer.
 */
export async function* screenedStream(chunks: ChatStream, { screening, judge, call }: Screen): ChatStream {
  const { tally, world } = call;
  const held = heldChunks(screening);
  const source = pulled(chunks, world);

  const passes = async (): Promise<boolean> => {
    const texts = held.toScan();
    const blocked = texts.length > 0 && (await judge(texts, 'output')).length > 0;
    if (!blocked) held.passed();
    return !blocked;
  };
  const leftMs = (since: number | undefined) =>
    since === undefined ? undefined : since + screening.delayMs - world.tick();

  try {
    for (let step = await source.next(); ; step = await source.next(leftMs(held.waitingSince()))) {
      if (step === 'ended') held.end();
      else if (step !== 'late') for (const chunk of step) held.add(chunk, world.tick());
      if (typeof step === 'string' || held.due()) {
        const harmless = await passes().catch(async (error: unknown) => {
          if (!call.patience.signal.aborted) await source.rest();
          tally.failed(asGatewayError(error));
          throw error;
        });
        if (!harmless) {
          yield held.endings();
          const counts = [...held.counts(), ...(await source.rest())];
          tally.finishes('content_filter');
          return yield counts;
        }
      }
      const shown = held.take(world.tick());
      tally.guardrails.held(held.longestMs());
      if (shown.length > 0) yield shown;
      if (step === 'ended') return;
    }
  } finally {
    await source.leave();
  }
}
