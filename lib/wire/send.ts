import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';

/** A request to a provider, ready to leave. */
export type Outbound = {
  readonly method: 'POST' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A provider's answer; its body must be read to the end or cancelled by leaving the loop. */
export type Inbound = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
};

/** Sends a request and resolves with the head of the answer. Redirects are not followed: a credential stays with its host. */
export type Send = (outbound: Outbound, signal: AbortSignal) => Promise<Inbound>;

const CONNECT_MS = 5_000;
/** An unstreamed answer of a reasoning model may take this long to begin. */
const HEADERS_MS = 600_000;
const BETWEEN_BYTES_MS = 300_000;

/** A sender with its own pool of kept-alive connections, one pool a host. */
export function httpSend(): Send {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: HEADERS_MS,
    bodyTimeout: BETWEEN_BYTES_MS,
  });
  return async ({ method, url, headers, body }, signal) => {
    const { origin, pathname, search } = new URL(url);
    const options = { origin, path: `${pathname}${search}`, method, headers, body, signal };
    const answer = await request.call(dispatcher, options);
    return { status: answer.statusCode, headers: single(answer.headers), body: answer.body };
  };
}

function single(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
