import type { ChatRequest } from '../../openai/request.ts';
import type { ChatDialect, Target } from '../provider.ts';
import { toError } from './refusal.ts';
import { fromStream } from './stream.ts';
import { fromWhole } from './whole.ts';

/** OpenAI's chat dialect: what every compatible vendor speaks. The request passes with the least touching. */
export const compatible: ChatDialect = { toProvider, fromStream, fromWhole, toError };

function toProvider(request: ChatRequest, target: Target) {
  // Usage is always asked for: the ledger needs it, whether the client does or not.
  const stream = request.stream ? { stream_options: { ...request.stream_options, include_usage: true } } : {};
  const body = JSON.stringify({ ...request, model: target.model, ...stream });
  const headers = {
    'content-type': 'application/json',
    accept: request.stream ? 'text/event-stream' : 'application/json',
  };
  return {
    outbound: { method: 'POST' as const, url: `${target.provider.baseUrl}/chat/completions`, headers, body },
    dropped: [],
  };
}
