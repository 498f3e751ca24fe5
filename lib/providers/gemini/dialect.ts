import type { ChatRequest } from '../../openai/request.ts';
import type { ChatDialect, Place, Target } from '../provider.ts';
import { toError } from './refusal.ts';
import { toRequest } from './request.ts';
import { fromStream } from './stream.ts';

/** Where a model is found at a place; its name is safe in a path. */
export type Address = (place: Place, model: string) => string;

/** Gemini's generateContent, wherever it is reached. Always streamed: folded, it is the unstreamed answer. */
export function geminiDialect(address: Address): ChatDialect {
  return {
    toProvider: (request: ChatRequest, target: Target) => {
      const { body, dropped } = toRequest(request, target);
      const model = address(target.provider.place, encodeURIComponent(target.model));
      return {
        outbound: {
          via: 'http',
          method: 'POST',
          // Without alt=sse the stream is a JSON array.
          url: `${model}:streamGenerateContent?alt=sse`,
          headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
          body: JSON.stringify(body),
        },
        dropped,
      };
    },
    fromStream,
    hidesThinking: true, // unless it is asked to show it
    oneWay: true,
    toError,
  };
}
