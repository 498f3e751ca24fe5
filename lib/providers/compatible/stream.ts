import { GatewayError } from '../../errors.ts';
import type { ChatChunk, ChatStream, ChunkChoice, UsageView } from '../../openai/answer.ts';
import { isUsage } from '../../openai/usage.ts';
import { type SseEvent, sseEvents } from '../../wire/sse.ts';
import type { Stamp } from '../provider.ts';
import { toFinish } from './finish.ts';
import { toStreamError } from './refusal.ts';
import { asObject, type Wire, wireList, wireObject } from './wire.ts';

/**
 * A compatible vendor's stream as OpenAI would have written it: one id, one model, a role in the first delta, a finish
 * in the last, and the usage once, at the end, wherever the vendor put it.
 * The answer is whole when every choice has finished; `[DONE]` alone proves nothing, and not all vendors send it.
 */
export async function* fromStream(body: AsyncIterable<Uint8Array>, stamp: Stamp, provider: string): ChatStream {
  let head: Stamp | undefined;
  let usage: UsageView | undefined;
  const open = new Map<number, boolean>(); // choice index → still unfinished

  const toChunk = (event: SseEvent): ChatChunk | undefined => {
    if (event.data === '[DONE]') return undefined;
    const wire = asObject(event.data, provider);
    if ((wire.error !== undefined && wire.error !== null) || event.event === 'error')
      throw toStreamError(wire, provider);
    head ??= {
      id: text(wire.id) ?? stamp.id,
      created: positive(wire.created) ?? stamp.created,
      model: text(wire.model) ?? stamp.model,
    };
    if (isUsage(wire.usage)) usage = wire.usage;
    const choices = wireList(wire.choices).map((choice) => toChoice(choice, open));
    if (choices.length === 0) return undefined;
    const { usage: _, ...rest } = wire;
    return { ...rest, ...head, object: 'chat.completion.chunk', choices };
  };

  for await (const events of sseEvents(body)) {
    const chunks: ChatChunk[] = [];
    for (const event of events) {
      const chunk = toChunk(event);
      if (chunk !== undefined) chunks.push(chunk);
    }
    if (chunks.length > 0) yield chunks;
  }
  if (open.size === 0 || [...open.values()].includes(true)) {
    throw new GatewayError('provider_cut', {
      provider,
      message: `${provider} ended its answer before it was finished.`,
    });
  }
  if (usage !== undefined) yield [{ ...(head ?? stamp), object: 'chat.completion.chunk', choices: [], usage }];
}

function toChoice(wire: Wire, open: Map<number, boolean>): ChunkChoice {
  const index = typeof wire.index === 'number' ? wire.index : 0;
  const delta = wireObject(wire.delta);
  const finish = toFinish(wire.finish_reason);
  const first = !open.has(index);
  open.set(index, finish === null && open.get(index) !== false);
  return { ...wire, index, delta: first ? { ...delta, role: 'assistant' } : delta, finish_reason: finish };
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const positive = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
