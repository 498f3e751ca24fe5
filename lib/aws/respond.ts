import type { Reply } from '../pipeline/visit.ts';
import type { ResponseStream } from './awslambda.d.ts';

/**
 * Writes a reply onto Lambda's response stream and, once its last byte has left, settles it. The body is read to its
 * end even when the stream is gone. A body that throws is settled too and then thrown on, for the runtime to end the
 * stream as a failure.
 */
export async function deliver(reply: Reply, stream: ResponseStream): Promise<void> {
  const { status, headers, body, afterwards } = reply;
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers });
  out.on('error', survive);
  try {
    out.write(''); // status and headers leave with the first write; without one they are lost
    for await (const piece of body) await write(out, piece);
    await end(out);
  } finally {
    await afterwards();
  }
}

// Lambda runs on after the caller hangs up, so a lost stream only stops the writing: the till needs the usage.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
async function write(out: ResponseStream, piece: string): Promise<void> {
  if (!out.destroyed && !out.write(piece)) await first(out, 'drain');
}

async function end(out: ResponseStream): Promise<void> {
  if (out.destroyed) return;
  const finished = first(out, 'finish');
  out.end();
  await finished;
}

/** Resolves at the event, or when it can no longer come. */
function first(out: ResponseStream, event: 'drain' | 'finish'): Promise<void> {
  const events = [event, 'error', 'close'];
  return new Promise((resolve) => {
    const done = () => {
      for (const name of events) out.off(name, done);
      resolve();
    };
    for (const name of events) out.once(name, done);
  });
}

// When its connection breaks, the runtime client (aws-lambda-ric 4.0.2) rejects promises that nobody watches with the
// stream's own error, and Node would exit before the bill is settled.
const lost = new WeakSet<Error>();

function survive(error: Error): void {
  lost.add(error);
  process.off('unhandledRejection', rethrowUnlessLost).on('unhandledRejection', rethrowUnlessLost);
}

function rethrowUnlessLost(reason: unknown): void {
  if (!(reason instanceof Error && lost.has(reason))) throw reason;
}
