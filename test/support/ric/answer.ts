import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';

/** A piece of a body; `at` is the test's `performance.now()` when it arrived. */
export type Piece = { readonly text: string; readonly at: number };

/** How a streamed answer ended. An `errorType` is there when the handler rejected: the platform counts it as failed. */
export type Ending = { readonly at: number; readonly errorType?: string; readonly error?: unknown };

/** How the body's connection is read: as it comes, or no further than the test reads `pieces`, as a caller on a slow line does. */
export type Reader = 'freely' | 'slowly';

/** One streamed answer, as the platform in front of the function would see it. All times are `performance.now()`. */
export type Answer = {
  /** The prelude's status; without a prelude 200, or 502 when the handler failed before it wrote. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body without its prelude. Leaving a loop early is fine: a later loop goes on where it stopped. */
  readonly pieces: AsyncIterable<Piece>;
  /** What `pieces` has not given yet, in one string. */
  readonly text: () => Promise<string>;
  /** The body's last byte. Rejects when the connection broke before it. */
  readonly ended: Promise<Ending>;
  /**
   * When the runtime asked for its next invocation: the handler, `afterwards` included, was done. One that takes many at
   * once asks before; there it is the end of the answer.
   */
  readonly nextPoll: Promise<number>;
  /** Cuts the connection under the runtime. The caller's hang-up is not that: Lambda hides it from the function. */
  readonly cut: () => void;
  /** When the function's time is over. */
  readonly deadlineAt: number;
};

type Head = Pick<Answer, 'status' | 'headers'>;

const PRELUDE = 'application/vnd.awslambda.http-integration-response';
const DELIMITER = Buffer.alloc(8);

/** Resolves as soon as status and headers are known, like fetch. */
export async function toAnswer(
  request: IncomingMessage,
  reader: Reader,
  rest: Pick<Answer, 'nextPoll' | 'deadlineAt'>,
): Promise<Answer> {
  const head = Promise.withResolvers<Head>();
  const ended = Promise.withResolvers<Ending>();
  ended.promise.catch(() => {}); // a test that does not ask must not fail by it
  const body = new ReadableStream<Piece>({
    start(controller) {
      const decoder = new StringDecoder('utf8');
      let prelude = request.headers['content-type'] === PRELUDE ? Buffer.alloc(0) : undefined;
      const pass = (bytes: Buffer) => {
        const text = decoder.write(bytes);
        if (text === '') return;
        controller.enqueue({ text, at: performance.now() });
        if (reader === 'slowly') request.pause();
      };
      request.on('data', (bytes: Buffer) => {
        if (prelude === undefined) {
          head.resolve({ status: 200, headers: {} });
          return pass(bytes);
        }
        prelude = Buffer.concat([prelude, bytes]);
        const at = prelude.indexOf(DELIMITER);
        if (at < 0) return;
        head.resolve(toHead(prelude.subarray(0, at).toString()));
        pass(prelude.subarray(at + DELIMITER.length));
        prelude = undefined;
      });
      request.on('end', () => {
        const ending = toEnding(request);
        head.resolve({ status: ending.errorType === undefined ? 200 : 502, headers: {} });
        controller.close();
        ended.resolve(ending);
      });
      request.on('error', (cause) => {
        const broken = new Error('The runtime hung up in the middle of its answer.', { cause });
        head.reject(broken);
        controller.error(broken);
        ended.reject(broken);
      });
    },
    pull: () => void request.resume(),
  });
  const iterator = body.values();
  const pieces = { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
  return {
    ...(await head.promise),
    pieces,
    text: async () => {
      let rest = '';
      for await (const { text } of pieces) rest += text;
      return rest;
    },
    ended: ended.promise,
    cut: () => request.socket.destroy(),
    ...rest,
  };
}

function toHead(json: string): Head {
  const { statusCode, headers }: { statusCode: number; headers: Record<string, string> } = JSON.parse(json);
  return { status: statusCode, headers };
}

function toEnding({ trailers }: IncomingMessage): Ending {
  const errorType = trailers['lambda-runtime-function-error-type'];
  if (errorType === undefined) return { at: performance.now() };
  const error = Buffer.from(trailers['lambda-runtime-function-error-body'] ?? '', 'base64').toString();
  return { at: performance.now(), errorType, error: JSON.parse(error) };
}
