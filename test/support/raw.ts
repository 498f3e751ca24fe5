import { connect, type Socket } from 'node:net';

/** One HTTP response, as it stood on a connection. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A connection on which anything can be sent. */
export function dial(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const pieces: Buffer[] = [];
  const closed = Promise.withResolvers<void>();
  socket.on('data', (piece) => pieces.push(piece));
  socket.on('error', () => {}); // 'close' follows
  socket.on('end', () => socket.end());
  socket.on('close', () => closed.resolve());
  return {
    socket,
    /** Resolves once the other side has closed. */
    closed: closed.promise,
    said: () => Buffer.concat(pieces).toString('latin1'),
  };
}

/** Sends bytes as all there is, and gives what comes back until the connection is closed. */
export async function sendRaw(port: number, bytes: Uint8Array | string): Promise<string> {
  const { socket, closed, said } = dial(port);
  socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  await closed;
  return said();
}

/** The responses on a connection, one after the other, `100 Continue` among them; throws where they are not HTTP. Bodies are read as UTF-8. */
export function answersIn(said: string, method: 'GET' | 'HEAD' = 'GET'): readonly Answer[] {
  const answers: Answer[] = [];
  for (let rest = said; rest !== ''; ) {
    const at = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.slice(0, at).split('\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) [^\r\n]*$/.exec(first)?.[1];
    if (at < 0 || status === undefined) throw new Error(`This is no response: ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const [, name = '', value = ''] = /^([^:\s]+): ?(.*)$/.exec(line) ?? [];
        if (name === '') throw new Error(`This is no header: ${JSON.stringify(line)}`);
        return [name.toLowerCase(), value];
      }),
    );
    const none = method === 'HEAD' || status === '100';
    const { body, after } = none ? { body: '', after: rest.slice(at + 4) } : bodyIn(headers, rest.slice(at + 4));
    answers.push({ status: Number(status), headers, body: Buffer.from(body, 'latin1').toString() });
    rest = after;
  }
  return answers;
}

function bodyIn(headers: Readonly<Record<string, string>>, rest: string) {
  if (headers['transfer-encoding'] === 'chunked') return chunked(rest);
  const length = Number(headers['content-length'] ?? rest.length);
  if (rest.length < length) throw new Error('The body is shorter than it was said to be.');
  return { body: rest.slice(0, length), after: rest.slice(length) };
}

function chunked(said: string) {
  let body = '';
  for (let rest = said; ; ) {
    const size = /^([0-9a-f]+)\r\n/i.exec(rest);
    if (size === null) throw new Error(`This is no chunk: ${JSON.stringify(rest.slice(0, 80))}`);
    const [line, digits = ''] = size;
    const length = Number.parseInt(digits, 16);
    const end = line.length + length;
    if (rest.slice(end, end + 2) !== '\r\n') throw new Error('A chunk does not end where it says.');
    body += rest.slice(line.length, end);
    rest = rest.slice(end + 2);
    if (length === 0) return { body, after: rest };
  }
}

/** A request as its bytes. */
export function rawRequest(
  line: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = '',
): Buffer {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${line}\r\n${head.join('')}\r\n`, 'latin1'), Buffer.from(body)]);
}
