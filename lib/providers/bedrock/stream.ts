import { GatewayError } from '../../errors.ts';
import type { ChatChunk, ChatStream } from '../../openai/answer.ts';
import type { Origin } from '../provider.ts';
import { objectSeries } from '../wire.ts';
import { answer } from './answer.ts';
import { linesOf } from './lines.ts';
import { toStreamError } from './refusal.ts';

/**
 * The events of ConverseStream, a line of JSON each, as OpenAI's chunks. The finish waits for the usage, which comes
 * after it: what fails between the two has not finished. Without `messageStop` the answer was cut.
 */
export async function* fromStream(body: AsyncIterable<Uint8Array>, origin: Origin): ChatStream {
  const { provider } = origin;
  const toObject = objectSeries(provider);
  const state = answer(origin);
  for await (const lines of linesOf(body)) {
    const chunks: ChatChunk[] = [];
    try {
      for (const line of lines) {
        const event = toObject(line);
        if (event.exception !== undefined) throw toStreamError(event.exception, provider);
        chunks.push(...state.see(event));
      }
    } finally {
      if (chunks.length > 0) yield chunks; // before the failure that came with them
    }
  }
  const last = state.end();
  if (last === undefined)
    throw new GatewayError('provider_cut', {
      provider,
      message: `${provider} ended its answer before it was finished.`,
    });
  if (last.length > 0) yield last;
}
