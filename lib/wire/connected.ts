import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { freshened, KEPT_MS, type Try } from './freshened.ts';

type Asked = Dispatcher.RequestOptions & { readonly origin: string };

/** Asks a host over connections that are kept for the next request, and resolves with the head of its answer. */
export type Connected = (asked: Asked) => Promise<Dispatcher.ResponseData>;

/** No call lasts longer: how long an answer may take to begin and to go on is for its caller to say, by the signal. */
const SILENCE_MS = 900_000;

/** One pool of connections a host, each of which may take so long to come about. */
export function connected(connectMs: number, now: () => number): Connected {
  const open = () =>
    new Agent({
      connect: { timeout: connectMs },
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      // undici's 4 s would make TLS anew for most calls of a quiet gateway. A host that announces less is still believed.
      keepAliveTimeout: KEPT_MS,
      keepAliveMaxTimeout: KEPT_MS,
    });
  const fresh = freshened({ open, kept, now });
  return (asked) => fresh(asked.origin, (agent, used) => tried(agent, asked, used));
}

function kept(agent: Agent, host: string): boolean {
  const pool = agent.stats[host];
  return pool !== undefined && 'free' in pool && pool.free > 0;
}

function tried(agent: Agent, asked: Asked, used: () => void): Try<Dispatcher.ResponseData> {
  let begun = false;
  const onResponseStarted = () => {
    begun = true;
  };
  const dispatch: Dispatcher['dispatch'] = (options, handler) =>
    agent.dispatch(options, Object.assign(handler, { onResponseStarted }));
  const answer = request.call({ dispatch }, asked).then((head) => {
    head.body.once('close', used);
    return head;
  });
  return { answer, silent: () => !begun };
}
