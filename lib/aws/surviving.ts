import type { StreamingHandler } from './awslambda.d.ts';

// When the connection of an answer breaks, the runtime client (aws-lambda-ric 4.0.2) rejects promises that nobody watches
// yet, and Node would exit before the bill is settled. It gives the stream's own error or, when the platform breaks off
// its receipt of the answer, nothing at all.
const lost = new WeakSet<Error>();
let underWay = 0;

/** A handler that is carried through to its end when the connection of its answer breaks, be it before it answers. */
export const surviving =
  (handler: StreamingHandler): StreamingHandler =>
  async (event, stream, context) => {
    stream.on('error', (error) => void lost.add(error));
    process.off('unhandledRejection', rethrowUnlessLost).on('unhandledRejection', rethrowUnlessLost);
    underWay += 1;
    try {
      await handler(event, stream, context);
    } finally {
      underWay -= 1;
    }
  };

function rethrowUnlessLost(reason: unknown): void {
  const ofStream = reason === undefined ? underWay > 0 : reason instanceof Error && lost.has(reason);
  if (!ofStream) throw reason;
}
