import type { ChatStream, ChunkChoice } from '../openai/answer.ts';
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
      for (const { choices } of batch) for (const choice of choices) bytes += bytesAdded(choice);
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

/** About how much longer an answer becomes by a piece. */
function bytesAdded({ delta: { tool_calls = [], ...said }, logprobs, ...beside }: ChunkChoice): number {
  const lists = Object.values(beside).filter((value) => Array.isArray(value));
  return bytesSaid({ tool_calls }) + [said, logprobs, ...lists].map(goingOn).reduce((sum, each) => sum + each, 0);
}

/** The bytes of what is put together from pieces: of a list all of it, for each item stays as it came. */
function goingOn(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return Buffer.byteLength(JSON.stringify(value));
  let bytes = 0;
  for (const each of Object.values(value)) bytes += goingOn(each);
  return bytes;
}
