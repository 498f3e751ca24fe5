import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';

/** Notes how long each of this process's requests to the database with this name was on its way, until its answer came: in milliseconds, in the order of their answers. Whoever reads it may empty it. */
export function databaseTime(operation: string): number[] {
  const since = new WeakMap<ClientRequest, number>();
  const took: number[] = [];
  subscribe('http.client.request.start', (message) => {
    const request = requestIn(message);
    if (request !== undefined) since.set(request, performance.now());
  });
  subscribe('http.client.response.finish', (message) => {
    const request = requestIn(message);
    if (!String(request?.getHeader('x-amz-target')).endsWith(`.${operation}`)) return;
    const startedAt = request && since.get(request);
    if (startedAt !== undefined) took.push(performance.now() - startedAt);
  });
  return took;
}

const requestIn = (message: unknown): ClientRequest | undefined =>
  typeof message === 'object' && message !== null && 'request' in message && message.request instanceof ClientRequest
    ? message.request
    : undefined;
