import { asGatewayError } from '../errors.ts';
import type { ChatStream } from '../openai/answer.ts';
import type { Tally } from './tally.ts';

/** Counts what passes and changes nothing. */
export async function* metered(chunks: ChatStream, tally: Tally): ChatStream {
  try {
    for await (const batch of chunks) {
      for (const chunk of batch) tally.sawChunk(chunk);
      yield batch;
    }
    tally.succeeded();
  } catch (error) {
    tally.failed(asGatewayError(error));
    throw error;
  }
}
