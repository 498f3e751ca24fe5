import type { Dispatcher } from 'undici';
import { NEVER_SENT } from './failure.ts';
import { incoming } from './incoming.ts';
import type { Timer } from './timer.ts';

/** A request as it leaves. */
export type Leaving = {
  readonly origin: string;
  readonly path: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly signal: AbortSignal;
};

/** The head of an answer, and its body as it comes. */
export type Head = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
};

/** A request on its way. */
export type Dispatched = {
  readonly head: Promise<Head>;
  /** Whether a byte of an answer is here. */
  readonly begun: () => boolean;
};

/**
 * Sends a request, and calls `used` once the last byte of its answer is here. It hears undici itself, without the stream
 * that Node would make of each answer. It fails for the signal's reason when that fires; one that has not left by then
 * never does: undici hears of that only once it has a connection.
 */
export function dispatched(
  connections: Pick<Dispatcher, 'dispatch'>,
  { signal, ...leaving }: Leaving,
  timer: Timer,
  used: () => void,
): Dispatched {
  const { promise: head, resolve, reject } = Promise.withResolvers<Head>();
  let stop: ((reason: Error) => void) | undefined;
  let [begun, gone] = [false, false];
  const body = incoming(timer, (reason) => stop?.(reason));
  const leave = (): void => {
    gone = true;
    if (stop === undefined) reject(neverSent(signal));
    else stop(signal.reason);
  };
  const end = (failure?: Error): void => {
    signal.removeEventListener('abort', leave);
    body.end(failure);
    used();
    if (failure !== undefined) reject(failure);
  };
  const handler: Dispatcher.DispatchHandler & { onResponseStarted: () => void } = {
    onConnect: (abort) => {
      stop = abort;
      if (gone) abort(neverSent(signal));
    },
    onResponseStarted: () => {
      begun = true;
    },
    onHeaders: (status, raw, resume) => {
      if (status < 200) return true; // more is to come
      const headers = headersOf(raw);
      resolve({ status, headers, body: body.from(lasting(headers) ? resume : undefined) });
      return true;
    },
    onData: body.push,
    onComplete: () => end(),
    onError: end,
  };
  if (signal.aborted) leave();
  else {
    signal.addEventListener('abort', leave);
    connections.dispatch(leaving, handler);
  }
  return { head, begun: () => begun };
}

const neverSent = ({ reason }: AbortSignal): Error =>
  Object.assign(new Error('The request was given up.'), { code: NEVER_SENT, cause: reason });

/**
 * Whether the connection surely outlives the answer. Of any other none is held back: undici asserts that nothing is when
 * the connection ends, in a listener of the socket, where a failed assertion ends the process and every call in it.
 * https://github.com/nodejs/undici/blob/v7.30.2/lib/dispatcher/client-h1.js#L954
 */
function lasting(headers: Readonly<Record<string, string>>): boolean {
  const connection = headers.connection?.toLowerCase() ?? '';
  if (connection.includes('close')) return false;
  // HTTP/1.0 has lengths, too, and ends its connections unless it says otherwise.
  const kept = headers['content-length'] !== undefined && connection.includes('keep-alive');
  return kept || headers['transfer-encoding']?.toLowerCase() === 'chunked';
}

/** Names in lower case; of several with one name, the values in a list. */
function headersOf(raw: readonly Buffer[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = String(raw[at]).toLowerCase();
    const before = found.get(name);
    found.set(name, before === undefined ? String(raw[at + 1]) : `${before}, ${raw[at + 1]}`);
  }
  return Object.fromEntries(found);
}
