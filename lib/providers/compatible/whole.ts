import { GatewayError } from '../../errors.ts';
import type { ChatCompletion } from '../../openai/answer.ts';
import { isUsage } from '../../openai/usage.ts';
import type { Stamp } from '../provider.ts';
import { toFinish } from './finish.ts';
import { toStreamError } from './refusal.ts';
import { asObject, type Wire, wireList, wireObject } from './wire.ts';

/** A compatible vendor's unstreamed answer with the fields OpenAI's schema promises; what else it holds travels along. */
export function fromWhole(body: string, stamp: Stamp, provider: string): ChatCompletion {
  const wire = asObject(body, provider);
  if (wire.error !== undefined && wire.error !== null) throw toStreamError(wire, provider);
  const choices = wireList(wire.choices);
  if (choices.length === 0)
    throw new GatewayError('provider_error', { provider, message: `${provider} answered without a single choice.` });
  const { usage, ...rest } = wire;
  return {
    ...rest,
    id: typeof wire.id === 'string' && wire.id !== '' ? wire.id : stamp.id,
    object: 'chat.completion',
    created: typeof wire.created === 'number' && wire.created > 0 ? wire.created : stamp.created,
    model: typeof wire.model === 'string' && wire.model !== '' ? wire.model : stamp.model,
    choices: choices.map((choice, at) => toChoice(choice, at, provider)),
    ...(isUsage(usage) ? { usage } : {}),
  };
}

function toChoice(wire: Wire, at: number, provider: string) {
  const finish = toFinish(wire.finish_reason);
  if (finish === null)
    throw new GatewayError('provider_cut', {
      provider,
      message: `${provider} ended its answer before it was finished.`,
    });
  const message = wireObject(wire.message);
  return {
    ...wire,
    index: typeof wire.index === 'number' ? wire.index : at,
    message: {
      ...message,
      role: 'assistant' as const,
      content: words(message.content),
      refusal: words(message.refusal),
    },
    finish_reason: finish,
  };
}

const words = (value: unknown) => (typeof value === 'string' ? value : null);
