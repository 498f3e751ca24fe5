import type { Reply } from '../pipeline/visit.ts';
import { either } from '../wire/either.ts';
import type { ResponseStream } from './awslambda.d.ts';

/**
 * Writes a reply onto Lambda's response stream and, once its last byte has left, settles it. The body is read to its
 * end even when the stream is gone, which the handler must survive. Once the invocation's time, or the call's own, is over
 * nobody is waited for: the bill must be settled in time. A body that throws is settled too and then thrown on, for the
 * runtime to end the stream as a failure.
 */
export async function deliver(reply: Reply, stream: ResponseStream, over: AbortSignal): Promise<void> {
  const { status, headers, body, afterwards } = reply;
  const signal = reply.signal === undefined ? over : either(over, reply.signal);
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers });
  try {
    out.write(''); // status and headers leave with the first write; without one they are lost
    for await (const piece of body) await write(out, piece, signal);
    await end(out, signal);
  } finally {
    await afterwards();
  }
}

// Lambda runs on after the caller hangs up, so a lost stream only stops the writing: the till needs the usage.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
async function write(out: ResponseStream, piece: string, signal: AbortSignal): Promise<void> {
  if (!out.destroyed && !out.write(piece)) await first(out, 'drain', signal);
}

async function end(out: ResponseStream, signal: AbortSignal): Promise<void> {
  if (out.destroyed) return;
  const finished = first(out, 'finish', signal);
  out.end();
  await finished;
}

/** Resolves at the event, when it can no longer come, or when there is no time left to wait for a reader who has stopped. */
function first(out: ResponseStream, event: 'drain' | 'finish', signal: AbortSignal): Promise<void> {
  const events = [event, 'error', 'close'];
  return new Promise((resolve) => {
    const done = () => {
      for (const name of events) out.off(name, done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) return resolve();
    for (const name of events) out.once(name, done);
    signal.addEventListener('abort', done);
  });
}
