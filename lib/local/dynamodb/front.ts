import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { wholeBody } from '../whole-body.ts';
import { type Fields, isFields } from './fields.ts';
import { type Reply, refusal } from './reply.ts';

/** What answers a request once it has come in whole. */
export type Answer = (operation: string, input: Fields) => Promise<Reply>;

const MAX_BYTES = 16 * 1024 * 1024;

/** DynamoDB's HTTP face: takes each request in whole, and answers every failure in DynamoDB's own shape. */
export function front(answer: Answer): Server {
  // Whoever keeps a connection says how long: a server that closes first makes the client's next write fail.
  return createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const reply = await replyTo(request, answer);
    if (reply !== undefined && !response.destroyed) send(response, reply);
  });
}

/** What to say to a request; undefined when its sender has gone. */
async function replyTo(request: IncomingMessage, answer: Answer): Promise<Reply | undefined> {
  try {
    // Browsers send Origin; no page a person visits may read or change their gateway's data.
    if (request.headers.origin !== undefined) return refusal('AccessDeniedException', 'Not for web pages.');
    const body = await wholeBody(request, MAX_BYTES);
    if (body === undefined) return refusal('RequestEntityTooLarge', 'The request is larger than 16 MB.');
    if (request.method === 'GET') return { status: 200, body: { pid: process.pid } };
    const input: unknown = JSON.parse(body);
    if (!isFields(input)) return refusal('SerializationException', 'The request is not a JSON object.');
    return await answer(operation(request), input);
  } catch (error) {
    if (!request.complete) return undefined;
    if (error instanceof SyntaxError) return refusal('SerializationException', error.message);
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return refusal('InternalServerError', 'The local database failed; its log says why.');
  }
}

const operation = ({ headers }: IncomingMessage) => String(headers['x-amz-target']).replace(/^DynamoDB_\d+\./, '');

function send(response: ServerResponse, { status, body }: Reply): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    'x-amz-crc32': crc32(bytes),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(bytes);
}
