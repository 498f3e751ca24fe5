import type { ChatStream } from '../openai/answer.ts';
import { openFolding } from '../openai/fold.ts';
import { bytesSaid } from './bytes-said.ts';
import { MOST_CAPTURE_BYTES, type Seen } from './capture-text.ts';

/** A stream that passes as it is, and what of it has passed, as far as a capture has room. */
export function overheard(stream: ChatStream) {
  const folding = openFolding();
  let bytes = 0;
  let fault: { readonly error: unknown } | undefined;
  const hear = (batch: Batch): void => {
    if (fault !== undefined || bytes > MOST_CAPTURE_BYTES) return;
    try {
      folding.add(batch);
      bytes += bytesOf(batch);
    } catch (error) {
      fault = { error }; // told when it is to be kept: what cannot be seen passes all the same
    }
  };
  return {
    chunks: passing(stream, hear),
    soFar: (): Omit<Seen, 'request'> => {
      if (fault !== undefined) throw fault.error;
      return { answer: folding.soFar(), cut: bytes > MOST_CAPTURE_BYTES };
    },
  };
}

type Batch = ChatStream extends AsyncIterable<infer Each> ? Each : never;

async function* passing(stream: ChatStream, hear: (batch: Batch) => void): ChatStream {
  for await (const batch of stream) {
    hear(batch);
    yield batch;
  }
}

function bytesOf(batch: Batch): number {
  let bytes = 0;
  for (const { choices } of batch)
    for (const { delta, logprobs } of choices)
      bytes += bytesSaid(delta) + (logprobs ? JSON.stringify(logprobs).length : 0);
  return bytes;
}
