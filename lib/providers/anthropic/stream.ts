import { GatewayError } from '../../errors.ts';
import type { ChatChunk, ChatStream, ChunkChoice, Delta, UsageView } from '../../openai/answer.ts';
import { beginning } from '../../wire/beginning.ts';
import { sseEvents } from '../../wire/sse.ts';
import type { Origin, Stamp } from '../provider.ts';
import { objectSeries, type Wire, wireObject } from '../wire.ts';
import { plainly } from './answer-tool.ts';
import { answerBlocks } from './blocks.ts';
import { toFinish } from './finish.ts';
import { toStreamError } from './refusal.ts';
import { laterUsage, toUsage } from './usage.ts';
import { wholeEvents } from './whole.ts';
import { claudeWriter } from './writer.ts';

/**
 * Claude's stream as OpenAI would have written it. The answer is whole when it has said why it stops and that it has;
 * until then nothing says that it is finished.
 */
export async function* fromStream(body: AsyncIterable<Uint8Array>, { provider, stamp, counted }: Origin): ChatStream {
  const blocks = answerBlocks(claudeWriter(stamp.model));
  let head = stamp;
  let usage: Wire = {};
  let finish: ChunkChoice | undefined;
  let whole = false;

  const chunk = (choices: readonly ChunkChoice[]): ChatChunk => ({ ...head, object: 'chat.completion.chunk', choices });
  const said = (deltas: readonly Delta[]): readonly ChatChunk[] =>
    deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }]));

  const tell = (view: UsageView | undefined) => view && counted?.(view);

  const toChunks = (wire: Wire): readonly ChatChunk[] => {
    if (whole) return [];
    if (wire.type === 'error' || wire.error !== undefined) throw toStreamError(wire, provider);
    switch (wire.type) {
      case 'message_start': {
        const message = wireObject(wire.message);
        head = toHead(message, stamp);
        usage = laterUsage(usage, message.usage);
        return said([{ role: 'assistant' }]);
      }
      case 'content_block_start':
        return said(blocks.start(wire.index, wireObject(wire.content_block)));
      case 'content_block_delta':
        return said(blocks.add(wire.index, wireObject(wire.delta)));
      case 'content_block_stop':
        return said(blocks.stop(wire.index));
      case 'message_delta':
        finish = toFinish(wireObject(wire.delta)) ?? finish;
        usage = laterUsage(usage, wire.usage);
        tell(toUsage(usage));
        return [];
      case 'message_stop': {
        if (finish === undefined) return [];
        whole = true;
        const view = toUsage(usage);
        return [
          ...said(blocks.end()),
          chunk([blocks.stoodIn() ? plainly(finish) : finish]),
          ...(view === undefined ? [] : [{ ...chunk([]), usage: view }]),
        ];
      }
      default: // pings, and what is yet to be invented
        return [];
    }
  };

  function* told<Event>(events: readonly Event[], toWire: (event: Event) => Wire): Iterable<readonly ChatChunk[]> {
    const chunks: ChatChunk[] = [];
    try {
      for (const event of events) chunks.push(...toChunks(toWire(event)));
    } finally {
      if (chunks.length > 0) yield chunks; // before the failure that came with them
    }
  }

  const toObject = objectSeries(provider);
  const start = beginning();
  for await (const events of sseEvents(start.keeping(body))) {
    start.forget();
    yield* told(events, ({ data }) => toObject(data));
  }
  yield* told(wholeEvents(start.text(), provider), (wire) => wire);
  if (!whole)
    throw new GatewayError('provider_cut', {
      provider,
      message: `${provider} ended its answer before it was finished.`,
    });
}

function toHead({ id, model }: Wire, stamp: Stamp): Stamp {
  return {
    ...stamp,
    ...(typeof id === 'string' && id !== '' && { id }),
    ...(typeof model === 'string' && model !== '' && { model }),
  };
}
