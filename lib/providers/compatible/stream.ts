import { GatewayError } from '../../errors.ts';
import type { ChatChunk, ChatStream, UsageView } from '../../openai/answer.ts';
import { beginning } from '../../wire/beginning.ts';
import { type SseEvent, sseEvents } from '../../wire/sse.ts';
import type { Origin, Stamp } from '../provider.ts';
import { objectSeries, type Wire, wireCount, wireList, wireText } from '../wire.ts';
import { type Choice, openChoice } from './choice.ts';
import type { Quirks } from './quirks.ts';
import { failed, requireStream, toStreamError } from './refusal.ts';
import { toUsageView } from './usage.ts';

/**
 * A compatible vendor's stream as OpenAI would have written it: one id, one model, a role in the first delta, a finish
 * in the last, and the usage once, at the end, wherever the vendor put it.
 * The answer is whole when every choice has finished; `[DONE]` alone proves nothing, and not all vendors send it.
 */
export async function* fromStream(body: AsyncIterable<Uint8Array>, origin: Origin, quirks: Quirks): ChatStream {
  const toObject = objectSeries(origin.provider);
  const choices = new Map<number, Choice>();
  let head: Stamp | undefined;
  let usage: UsageView | undefined;
  let aside: Wire | undefined; // fields of events that became no chunk: they travel with the next
  let tail: Wire = {}; // fields of events after the finish: they travel with the usage
  let over = false;

  const choiceOf = ({ index }: Wire): Choice => {
    const at = wireCount(index) ?? 0;
    const choice = choices.get(at) ?? openChoice(origin, at);
    choices.set(at, choice);
    return choice;
  };
  const toChunk = (said: ChatChunk['choices'], fields: Wire): ChatChunk => {
    const { id, created, model } = head ?? origin.stamp;
    const chunk: ChatChunk = {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices: said,
      ...aside,
      ...fields,
    };
    aside = undefined;
    return chunk;
  };
  const read = (event: SseEvent): readonly ChatChunk[] => {
    if (over) return [];
    over = event.data === '[DONE]';
    if (over) return finished(choices) ? end() : [];
    const wire = toObject(event.data);
    if (failed(wire, event.event)) throw toStreamError(wire, origin.provider);
    const {
      id,
      created,
      model,
      object: _,
      choices: spoken,
      usage: __,
      x_groq: ___,
      obfuscation: ____,
      p: _____,
      ...fields
    } = wire;
    const list = wireList(spoken);
    const told = toUsageView(wire.usage) ?? toUsageView(quirks.usage?.(wire)) ?? toUsageView(list[0]?.usage);
    if (told !== undefined) origin.counted?.(told, wire.service_tier);
    usage = told ?? usage;
    const said = list.map((choice) => choiceOf(choice).read(choice)).filter((each) => each !== undefined);
    if (choices.size > 0) head ??= toHead(id, created, model, origin.stamp);
    if (said.length > 0) return [toChunk(said, fields)];
    if (list.length === 0 && finished(choices)) tail = { ...tail, ...fields };
    else aside = { ...aside, ...fields };
    return [];
  };
  const end = (): readonly ChatChunk[] => {
    const last = [...choices.values()].flatMap((choice) => choice.end()).map((choice) => toChunk([choice], {}));
    return usage === undefined ? last : [...last, { ...toChunk([], tail), usage }];
  };

  const start = beginning();
  for await (const events of sseEvents(start.keeping(body))) {
    start.forget();
    const chunks: ChatChunk[] = [];
    try {
      for (const event of events) chunks.push(...read(event));
    } finally {
      if (chunks.length > 0) yield chunks; // before the failure that came with them
    }
    if (over) break; // some keep the connection open after it, or reset it
  }
  if (!finished(choices)) {
    requireStream(start.text(), origin.provider);
    const message = `${origin.provider} ended its answer before it was finished.`;
    throw new GatewayError('provider_cut', { provider: origin.provider, message });
  }
  if (!over) yield end();
}

const finished = (choices: ReadonlyMap<number, Choice>): boolean =>
  choices.size > 0 && [...choices.values()].every((choice) => choice.finished());

const toHead = (id: unknown, created: unknown, model: unknown, stamp: Stamp): Stamp => ({
  id: wireText(id) ?? stamp.id,
  created: wireCount(created) || stamp.created,
  model: wireText(model) ?? stamp.model,
});
