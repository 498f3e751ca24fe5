import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSearchVectors } from '../../lib/aws/vectors.ts';
import type { Placed, Sought } from '../../lib/recall.ts';

export const NOON = Date.UTC(2026, 10, 23, 12);

/** A vector of two dimensions, length one, at an angle in degrees. */
export const at = (degrees: number): readonly number[] => [
  Math.cos((degrees * Math.PI) / 180),
  Math.sin((degrees * Math.PI) / 180),
];

/** A vector to look for; whatever is given takes the place of what it has. */
export const soughtOf = (more: Partial<Sought> = {}): Sought => ({
  embedder: 'lab/embed',
  vector: at(0),
  tenant: 'acme',
  keyId: 'key_1',
  model: 'lab/small',
  shape: 'a shape',
  ...more,
});

/** A vector to add. */
export const placedOf = (key: string, more: Partial<Sought & Placed> = {}): Sought & Placed => ({
  ...soughtOf(),
  key,
  source: 'req_1',
  expiresAt: NOON + 60_000,
  words: ['one', 'two'],
  ...more,
});

/** Vectors at an address, at noon unless another clock is given. */
export const vectorsAt = (endpoint: string, now: () => number = () => NOON) =>
  openSearchVectors({ endpoint: async () => endpoint, now });

export const patient = (): AbortSignal => new AbortController().signal;

export type Line = {
  /** Where what is asked goes; it may be changed. */
  target: string;
  /** Answers a request itself, or lets it through: false. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly url: string;
  /** What was asked, as `POST /index/_search`. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
};

/** An HTTP line to a server, on which a test can answer some requests itself. */
export async function startVectorsLine(target: string): Promise<Line> {
  const asked: string[] = [];
  // What breaks off on the far side breaks off here.
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    if (line.instead(request, response)) return;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = parts.length > 0 ? Buffer.concat(parts) : null;
    const answer = await fetch(`${line.target}${request.url}`, { method: request.method ?? 'GET', body });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line: Line = {
    target,
    instead: () => false,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
  return line;
}
