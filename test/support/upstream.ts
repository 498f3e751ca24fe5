import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a provider was asked. */
export type Asked = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
};

/** How a provider answers one request; it may write for as long as it likes. */
export type Script = (asked: Asked, response: ServerResponse) => void | Promise<void>;

/** A provider on a real socket, which answers as scripted and remembers what it was asked. */
export type Upstream = {
  readonly baseUrl: string;
  readonly asked: readonly Asked[];
  /** How many connections were made. */
  readonly connections: () => number;
  /** Forgets those there are, and tells nobody: who sends something over one is reset. */
  readonly forget: () => void;
  /** How the next requests are answered, until this is called again. */
  answerWith(script: Script): void;
  /** Resolves when the latest request is broken off while it is being answered. */
  readonly aborted: () => Promise<void>;
  close(): Promise<void>;
};

/** Starts a provider on a free port of this machine. */
export async function startUpstream(first: Script = wholeAnswer('Hello.')): Promise<Upstream> {
  let script = first;
  const asked: Asked[] = [];
  let latest = Promise.withResolvers<void>();
  const open = new Set<Socket>();
  const forgotten = new WeakSet<Socket>();
  const server = createServer(async (request, response) => {
    if (forgotten.has(request.socket)) return void request.socket.resetAndDestroy();
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(pieces).toString()),
    };
    asked.push(one);
    const gone = Promise.withResolvers<void>();
    latest = gone;
    response.on('close', () => {
      if (!response.writableFinished) gone.resolve();
    });
    await script(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    asked,
    connections: () => connections,
    forget: () => {
      for (const socket of open) forgotten.add(socket);
    },
    answerWith: (next) => {
      script = next;
    },
    aborted: () => latest.promise,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };

/** An unstreamed answer in OpenAI's shape, with a fixed usage unless another is given. */
export function wholeAnswer(text: string, counted = usage): Script {
  return ({ body }, response) => {
    const message = { role: 'assistant', content: text, refusal: null };
    const answer = {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: body.model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: counted,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
}

/** One event of a streamed answer in OpenAI's shape. */
export function event(delta: Record<string, unknown>, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

/** How a stream ends at OpenAI: the finish, the usage, and the word. */
export const endingWith = (usage: object) =>
  `${event({}, 'stop')}data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'm', choices: [], usage })}\n\ndata: [DONE]\n\n`;
export const ending = endingWith(usage);

/** Begins a stream. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event({ role: 'assistant', content: '' }));
}

/** A streamed answer that goes on so between its beginning and its end, no faster than it is read. */
export const streaming =
  (going: (write: (content: string) => Promise<void>) => Promise<void>): Script =>
  async (_, response) => {
    beginStream(response);
    await going(async (content) => {
      if (!response.write(event({ content }))) await new Promise((resolve) => response.once('drain', resolve));
    });
    response.end(ending);
  };

/** A refusal in OpenAI's shape. */
export function refusal(status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Script {
  return (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
}
