import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { codeOf } from './failure.ts';
import { DEAD, KEPT_MS } from './freshened.ts';
import type { Timer } from './timer.ts';

/** A request to one host, whose answer is small and read whole. */
export type Posting = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long all of it may take, a connection included. */
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
};

/** An answer, whole. */
export type Posted = { readonly status: number; readonly text: string };

/** Sends a request, once. Fails with a code where there is no answer, or none in time. */
export type Post = (posting: Posting) => Promise<Posted>;

/** How many requests are under way at once; others wait for one to end. */
const MOST_CONNECTIONS = 100;
/** One that does not come about stands in the way of others, though nobody waits for it any more. */
const CONNECT_MS = 3_000;

/**
 * Posts to a host over kept connections, which are left when they can only be dead: when none was used for long, and when
 * one of them turns out to be, for its siblings are as old. A Lambda environment is frozen between calls, and its timers
 * with it: only the wall clock, `now`, tells how long. Nothing is sent twice: only whoever asks knows whether it may be.
 */
export function posting(url: string, timer: Timer, now: () => number): Post {
  const { origin, pathname: path } = new URL(url);
  let agent = open();
  let usedAt = now();
  const renewed = (): Agent => {
    void agent.close().catch(() => {}); // ends when what is under way has
    agent = open();
    return agent;
  };
  return ({ headers, body, ms, signal }) => {
    const connections = now() - usedAt > KEPT_MS ? renewed() : agent;
    usedAt = now();
    const { promise, resolve, reject } = Promise.withResolvers<Posted>();
    const pieces: Buffer[] = [];
    let status = 0;
    let stop: ((reason: Error) => void) | undefined;
    let over = false;
    const fail = (failure: unknown): void => {
      end();
      if (DEAD.has(codeOf(failure)) && agent === connections) renewed();
      reject(failure);
    };
    const giveUp = (failure: Error): void => {
      stop?.(failure);
      fail(failure);
    };
    const cancel = timer(ms, () => giveUp(late(ms)));
    const leave = () => giveUp(left(signal));
    const end = (): void => {
      over = true;
      cancel();
      signal?.removeEventListener('abort', leave);
    };
    if (signal?.aborted) {
      leave();
      return promise;
    }
    signal?.addEventListener('abort', leave);
    // undici's own way to hear of an answer, without the stream that it makes of each for whoever wants one.
    const handler: Dispatcher.DispatchHandler = {
      // Called once there is a connection, and before the request leaves over it.
      onConnect: (abort) => {
        stop = abort;
        if (over) abort(new Error('The request was given up.'));
      },
      onHeaders: (code) => {
        status = code;
        return true;
      },
      onData: (piece) => pieces.push(piece) > 0,
      onComplete: () => {
        end();
        resolve({ status, text: (pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))?.toString() ?? '' });
      },
      onError: fail,
    };
    connections.dispatch({ origin, path, method: 'POST', headers, body }, handler);
    return promise;
  };
}

function open(): Agent {
  // No other limits of its own: undici's timers are coarse, and ours is exact.
  return new Agent({
    connections: MOST_CONNECTIONS,
    keepAliveTimeout: KEPT_MS,
    keepAliveMaxTimeout: KEPT_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_MS },
  });
}

const late = (ms: number): Error =>
  Object.assign(new Error(`There was no answer within ${ms} ms.`), { name: 'TimeoutError', code: 'ETIMEDOUT' });

const left = (signal: AbortSignal | undefined): Error =>
  Object.assign(new Error('The request was given up.', { cause: signal?.reason }), { name: 'AbortError' });
