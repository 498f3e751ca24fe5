import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Answer, type Reader, toAnswer } from './ric/answer.ts';

/** A failure the runtime reported itself, with its type and message as it sent them. */
export type RuntimeFailure = { readonly errorType: string; readonly errorMessage: string };

/** Lambda's Runtime API for one execution environment. */
export type RuntimeApi = {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Queues an invocation; resolves with its status and headers, like fetch. */
  readonly invoke: (event: unknown, options?: InvocationOptions) => Promise<Answer>;
  /** When the runtime first asked for work: its initialisation was over. */
  readonly firstPoll: Promise<number>;
  /** Resolves when the runtime reports that it could not load the handler. */
  readonly initError: Promise<RuntimeFailure>;
  /** Rejects every invocation that has no answer yet, and all that follow. */
  readonly abandon: (reason: Error) => void;
  /** Closes the connections on which nothing is under way, those of answers that have not begun included: they reject. */
  readonly closeUnused: () => void;
  readonly close: () => Promise<void>;
};

export type InvocationOptions = {
  /** How long it may run. */
  readonly deadlineMs?: number;
  /** AWS's trace header. */
  readonly trace?: string | undefined;
  /** @default 'freely' - the connection is read whether the test reads or not */
  readonly reader?: Reader;
  /** @default 'acknowledged' - as the platform says that it has all of an answer */
  readonly ending?: 'acknowledged' | 'cut' | 'broken off';
};

type Invocation = Required<Omit<InvocationOptions, 'trace'>> & {
  readonly id: string;
  readonly event: unknown;
  readonly trace: string | undefined;
  readonly answer: PromiseWithResolvers<Answer>;
  readonly nextPoll: PromiseWithResolvers<number>;
};

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, on a free local port. It hands out so many invocations
 * at once; one alone is over when the runtime asks for the next, one of many when its answer is.
 */
export async function startRuntimeApi(atOnce = 1): Promise<RuntimeApi> {
  const queue: Invocation[] = [];
  const open = new Map<string, { readonly invocation: Invocation; readonly deadlineAt: number; begun: boolean }>();
  const firstPoll = Promise.withResolvers<number>();
  const initError = Promise.withResolvers<RuntimeFailure>();
  const polls: ServerResponse[] = [];
  let abandoned: Error | undefined;

  const hand = () => {
    const [poll] = polls;
    const [invocation] = queue;
    if (poll === undefined || invocation === undefined || open.size >= atOnce) return;
    polls.shift();
    queue.shift();
    open.set(invocation.id, { invocation, deadlineAt: performance.now() + invocation.deadlineMs, begun: false });
    poll.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(Date.now() + invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:gateway',
      ...(invocation.trace !== undefined && { 'lambda-runtime-trace-id': invocation.trace }),
    });
    poll.end(JSON.stringify(invocation.event));
    hand();
  };

  const over = (id: string, at: number) => {
    open.get(id)?.invocation.nextPoll.resolve(at);
    open.delete(id);
  };

  const polled = (response: ServerResponse) => {
    const at = performance.now();
    firstPoll.resolve(at);
    if (atOnce === 1) for (const id of open.keys()) over(id, at);
    polls.push(response);
    hand();
  };

  const answered = async (request: IncomingMessage, response: ServerResponse, id: string, kind: string) => {
    const found = open.get(id);
    if (found === undefined) throw new Error(`No invocation ${id} is open.`);
    found.begun = true;
    const { deadlineAt, invocation } = found;
    const { answer, nextPoll, reader, ending } = invocation;
    if (atOnce > 1)
      request.once('close', () => {
        over(id, performance.now());
        hand();
      });
    if (kind === 'error') return answer.reject(new Error(`The handler failed: ${await text(request)}`));
    if (request.headers['lambda-runtime-function-response-mode'] !== 'streaming') {
      return answer.reject(new Error(`The handler did not stream; it returned ${await text(request)}`));
    }
    toAnswer(request, reader, { nextPoll: nextPoll.promise, deadlineAt }).then(answer.resolve, answer.reject);
    await once(request, 'end');
    if (ending === 'acknowledged') return;
    if (ending === 'broken off') {
      const begun = Promise.withResolvers<unknown>();
      response.writeHead(202, { 'content-length': 100 }).write('{', begun.resolve);
      await begun.promise;
    }
    throw new Error(`The answer of ${id} is ${ending}.`);
  };

  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const [, what, id = '', kind = ''] =
      /^\/2018-06-01\/runtime\/(init\/error|invocation\/next|invocation\/([^/]+)\/(response|error))$/.exec(
        request.url ?? '',
      ) ?? [];
    if (what === 'invocation/next') return polled(response);
    if (what === 'init/error') initError.resolve(JSON.parse(await text(request)));
    else await answered(request, response, id, kind);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  };

  // What breaks off here has been told to the test through its answer already.
  // It has no idle limit of its own, as Lambda's has none.
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void route(request, response).catch(() => response.destroy()),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The Runtime API has no port.');

  return {
    address: `127.0.0.1:${address.port}`,
    invoke: (event, { deadlineMs = 900_000, trace, reader = 'freely', ending = 'acknowledged' } = {}) => {
      const answer = Promise.withResolvers<Answer>();
      const nextPoll = Promise.withResolvers<number>();
      nextPoll.promise.catch(() => {});
      if (abandoned !== undefined) return Promise.reject(abandoned);
      queue.push({ id: randomUUID(), event, deadlineMs, trace, reader, ending, answer, nextPoll });
      hand();
      return answer.promise;
    },
    firstPoll: firstPoll.promise,
    initError: initError.promise,
    abandon: (reason) => {
      abandoned = reason;
      for (const { answer, nextPoll } of [...queue, ...[...open.values()].map(({ invocation }) => invocation)]) {
        answer.reject(reason);
        nextPoll.reject(reason);
      }
    },
    closeUnused: () => {
      server.closeIdleConnections();
      for (const [id, { invocation, begun }] of open) {
        if (begun) continue;
        invocation.answer.reject(new Error('The connection of the answer was closed before it began.'));
        if (atOnce > 1) over(id, performance.now());
      }
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
