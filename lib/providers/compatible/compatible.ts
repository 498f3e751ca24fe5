import { written } from '../../openai/verbatim.ts';
import type { ChatDialect, Target } from '../provider.ts';
import type { Quirks } from './quirks.ts';
import { toError } from './refusal.ts';
import { toBody } from './request.ts';
import { requireSameModel } from './same-model.ts';
import { fromStream } from './stream.ts';
import { fromWhole } from './whole.ts';

/** OpenAI's chat dialect as a vendor speaks it. The request passes with the least touching; the answer comes as OpenAI would have written it. */
export function compatibleDialect(
  quirks: Quirks = {},
  toUrl: (target: Target) => string = chatCompletions,
): ChatDialect {
  return {
    ...(quirks.hidesThinking && { hidesThinking: true }),
    ...(quirks.without?.includes('service_tier') && { oneWay: true }),
    toProvider(request, target) {
      requireSameModel(request, target.provider.name);
      const { body, dropped } = toBody(request, target.model, quirks);
      const headers = {
        'content-type': 'application/json',
        accept: request.stream ? 'text/event-stream' : 'application/json',
      };
      const url = toUrl(target);
      return {
        outbound: { via: 'http', method: 'POST', url, headers, body: written(body, request.messages) },
        dropped,
      };
    },
    fromStream: (body, origin) => fromStream(body, origin, quirks),
    fromWhole,
    toError: (status, headers, body, provider) => toError(status, headers, body, provider, quirks.statuses),
  };
}

const chatCompletions = ({ provider }: Target): string => `${provider.place.baseUrl}/chat/completions`;
