import type { ResponseStream, StreamingHandler } from '../../../lib/aws/awslambda.d.ts';
import { deliver } from '../../../lib/aws/respond.ts';
import { surviving } from '../../../lib/aws/surviving.ts';

/** What the body does next: give a piece, many pieces at once, wait for a URL's answer, or fail. */
export type Step =
  | { readonly give: string; readonly times?: number }
  | { readonly wait: string }
  | { readonly fail: string };

/** A reply told by the test: it is the event itself. */
export type Script = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Step[];
  /** A URL that `afterwards` posts what it has `Seen` to, and waits for. */
  readonly afterwards?: string;
  /** A URL whose answer ends the door's patience with its reader. */
  readonly patience?: string;
};

/** What became of the body: how many pieces were taken, and the most bytes that waited in the stream. */
export type Seen = { pieces: number; mostBuffered: number };

/** A streaming handler that delivers the reply its event describes. */
const played: StreamingHandler = async (event, stream) => {
  const { status, headers, body, afterwards, patience } = fromEvent(event);
  const time = new AbortController();
  if (patience !== undefined) fetch(patience).then(() => time.abort());
  const seen: Seen = { pieces: 0, mostBuffered: 0 };
  await deliver(
    {
      status,
      headers,
      body: play(body, stream, seen),
      afterwards: async () => {
        if (afterwards !== undefined) await fetch(afterwards, { method: 'POST', body: JSON.stringify(seen) });
      },
    },
    stream,
    time.signal,
  );
};

export const handler = awslambda.streamifyResponse(surviving(played));

async function* play(body: readonly Step[], stream: ResponseStream, seen: Seen) {
  for (const step of body) {
    if ('wait' in step) await fetch(step.wait);
    else if ('fail' in step) throw new Error(step.fail);
    else {
      for (let left = step.times ?? 1; left > 0; left -= 1) {
        yield step.give;
        seen.pieces += 1;
        seen.mostBuffered = Math.max(seen.mostBuffered, stream.writableLength);
      }
    }
  }
}

const fromEvent = (event: unknown) => event as Script;
