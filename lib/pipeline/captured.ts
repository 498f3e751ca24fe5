import type { Caller } from '../caller.ts';
import type { CaptureRecord } from '../captures.ts';
import type { ChatStream } from '../openai/answer.ts';
import { openFolding } from '../openai/fold.ts';
import type { JsonObject } from '../openai/json.ts';
import { inTime } from '../wire/in-time.ts';
import type { CallRecord, World } from '../world.ts';
import { bytesSaid } from './bytes-said.ts';
import { MOST_CAPTURE_BYTES, type Seen, toCaptureText } from './capture-text.ts';
import type { ChatAnswer } from './open-chat.ts';

/** What is kept of a call for a tenant that wants it. */
export type Capture = {
  /** Lets an answer pass, unchanged and no later, and has seen it then. It must not hold again what was taken out of its request. */
  readonly seen: (answer: ChatAnswer) => ChatAnswer;
  /** Keeps the call that has ended so, and gives what its record is to say of that. Never fails, and takes no longer than `KEEPING_MS`. */
  readonly keep: (ended: CallRecord, world: World) => Promise<{ readonly capture: CaptureRecord }>;
};

/** How long keeping may take: the record of the call, and what is held for it, wait for that. */
export const KEEPING_MS = 3_000;

/** Opens the capture of a call, given its request as it leaves; undefined where its tenant wants none: then nothing looks at the answer. */
export function toCapture(request: JsonObject, { capture }: Caller): Capture | undefined {
  if (capture !== true) return undefined;
  let answer = (): Omit<Seen, 'request'> => ({});
  return {
    seen: (given) => {
      if (given.kind === 'whole') {
        answer = () => ({ answer: given.completion });
        return given;
      }
      const watched = watch(given.chunks);
      answer = watched.soFar;
      return { kind: 'stream', chunks: watched.chunks };
    },
    keep: async (ended, world) => {
      try {
        return { capture: { key: await kept(ended, toCaptureText(ended, { request, ...answer() }), world) } };
      } catch (error) {
        const { id, tenant } = ended;
        world.log.error('A capture could not be kept.', { id, tenant, cause: String(error).slice(0, 500) });
        world.metrics.count('CaptureFailed');
        return { capture: { failed: true } };
      }
    },
  };
}

async function kept(
  { tenant, user, id }: CallRecord,
  text: string,
  { captures, timer }: Pick<World, 'captures' | 'timer'>,
): Promise<string> {
  if (captures === undefined) throw new Error('This gateway has no place for captures.');
  const over = new AbortController();
  const cancel = timer(KEEPING_MS, () => over.abort(new Error(`It was not kept within ${KEEPING_MS} ms.`)));
  try {
    return await inTime(captures.keep({ tenant, user, id }, text, over.signal), over.signal);
  } finally {
    cancel();
  }
}

/** A stream, and what of it has passed. */
function watch(chunks: ChatStream) {
  const folding = openFolding();
  let bytes = 0;
  let fault: { readonly error: unknown } | undefined;
  const see = (batch: Batch): void => {
    if (fault !== undefined || bytes > MOST_CAPTURE_BYTES) return;
    try {
      folding.add(batch);
      bytes += bytesOf(batch);
    } catch (error) {
      fault = { error }; // told when it is to be kept: what cannot be seen passes all the same
    }
  };
  return {
    chunks: passing(chunks, see),
    soFar: () => {
      if (fault !== undefined) throw fault.error;
      return { answer: folding.soFar(), ...(bytes > MOST_CAPTURE_BYTES && { cut: true }) };
    },
  };
}

type Batch = ChatStream extends AsyncIterable<infer Each> ? Each : never;

async function* passing(chunks: ChatStream, see: (batch: Batch) => void): ChatStream {
  for await (const batch of chunks) {
    see(batch);
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
