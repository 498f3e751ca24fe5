import { GatewayError } from '../../errors.ts';
import type { ChatCompletion } from '../../openai/answer.ts';
import type { Origin } from '../provider.ts';
import { asObject, type Wire, wireCount, wireList, wireObject, wireText } from '../wire.ts';
import { madeId, toArguments } from './calls.ts';
import { nativeFinish, toFinish } from './finish.ts';
import { failed, toStreamError } from './refusal.ts';
import { toSaid } from './said.ts';
import { toUsageView } from './usage.ts';

/** A compatible vendor's unstreamed answer with the fields OpenAI's schema promises; what else it holds travels along. */
export function fromWhole(body: string, origin: Origin): ChatCompletion {
  const { provider, stamp } = origin;
  const wire = asObject(body, provider);
  if (failed(wire)) throw toStreamError(wire, provider);
  const { usage: counts, ...rest } = wire;
  const usage = toUsageView(counts);
  if (usage !== undefined) origin.counted?.(usage, wire.service_tier); // though the answer may prove to be none
  const choices = wireList(wire.choices);
  if (choices.length === 0)
    throw new GatewayError('provider_error', {
      provider,
      inBand: true,
      message: `${provider} answered without a single choice.`,
    });
  return {
    ...rest,
    id: wireText(wire.id) ?? stamp.id,
    object: 'chat.completion',
    created: wireCount(wire.created) || stamp.created,
    model: wireText(wire.model) ?? stamp.model,
    choices: choices.map((choice, at) => toChoice(choice, at, origin)),
    ...(usage !== undefined && { usage }),
  };
}

function toChoice({ message: spoken, ...wire }: Wire, at: number, origin: Origin) {
  const { provider } = origin;
  const finish = toFinish(wire.finish_reason, provider);
  if (finish === null)
    throw new GatewayError('provider_cut', {
      provider,
      message: `${provider} ended its answer before it was finished.`,
    });
  // A choice its vendor filtered may come without any message.
  const message = wireObject(spoken);
  const said = toSaid(message);
  const index = wireCount(wire.index) ?? at;
  const calls = toCalls(wireList(message.tool_calls), origin, index);
  return {
    ...nativeFinish(wire.finish_reason, finish),
    ...wire,
    index,
    message: {
      ...said,
      role: 'assistant' as const,
      content: typeof said.content === 'string' ? said.content : null,
      refusal: wireText(said.refusal) ?? null,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    finish_reason: finish,
  };
}

function toCalls(wires: readonly Wire[], origin: Origin, choice: number) {
  const taken = new Set<string>();
  return wires.map(({ index: _, ...wire }, at) => {
    const given = wireText(wire.id);
    const id = given === undefined || taken.has(given) ? madeId(origin, choice, at) : given;
    taken.add(id);
    if (wire.function === undefined) return { ...wire, id }; // a custom tool's call
    const called = wireObject(wire.function);
    const json = toArguments(called.arguments);
    return {
      ...wire,
      id,
      type: 'function',
      function: { ...called, name: wireText(called.name) ?? '', arguments: json },
    };
  });
}
