import type { ServerResponse } from 'node:http';
import type { Piece, Refusal, Writing } from './writing.ts';

/** What a provider does to one request, in its own writing. */
export type Strike = (writing: Writing, response: ServerResponse) => void;

/** Refuses with a status, and with these headers besides. */
export const refuses =
  (status: number, headers: Refusal['headers'] = {}): Strike =>
  ({ refusal }, response) => {
    const { body, headers: own } = refusal(status);
    response.writeHead(status, { ...own, ...headers }).end(body);
  };

/** Answers 200 with a body that is no answer. */
export const gives =
  (type: string, body: (writing: Writing) => string): Strike =>
  (writing, response) => {
    response.writeHead(200, { 'content-type': type }).end(body(writing));
  };

/** Breaks the connection off without a word. */
export const hangsUp: Strike = (_, { socket }) => void socket?.resetAndDestroy();

/** Never says anything. */
export const keepsSilent: Strike = () => {};

/** Begins with 200, says so much of an answer, and then goes on as told: ends it, cuts it off, or falls silent. */
export const says =
  (parts: (writing: Writing) => readonly Piece[], then: (response: ServerResponse) => void): Strike =>
  (writing, response) => {
    response.writeHead(200, { 'content-type': writing.type }).flushHeaders();
    const bytes = Buffer.concat(parts(writing).map((part) => Buffer.from(part)));
    if (bytes.length === 0) then(response);
    else response.write(bytes, () => then(response));
  };

export const ends = (response: ServerResponse): void => void response.end();
export const cuts = (response: ServerResponse): void => void response.destroy();
export const stalls = (): void => {};
