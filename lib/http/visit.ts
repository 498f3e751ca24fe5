import type { IncomingMessage } from 'node:http';
import type { Visit } from '../pipeline/visit.ts';

/** A node:http request as a visit. */
export function toVisit(
  request: IncomingMessage,
  rest: Pick<Visit, 'id' | 'body' | 'signal' | 'over' | 'startedAt' | 'startedTick'>,
): Visit {
  // A proxy may send the whole URL (RFC 9112, 3.2.2).
  const path = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0] || '/';
  return { ...rest, method: request.method ?? 'GET', path, headers: toHeaders(request) };
}

/** Headers as a visit has them. */
export function toHeaders(request: IncomingMessage): Visit['headers'] {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}
