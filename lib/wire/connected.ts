import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { NEVER_SENT } from './failure.ts';
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
  let [left, begun] = [false, false];
  const dispatch: Dispatcher['dispatch'] = (options, handler) => {
    const onConnect = handler.onConnect?.bind(handler);
    return agent.dispatch(
      options,
      Object.assign(handler, {
        onConnect: (abort: () => void) => {
          left = true;
          onConnect?.(abort);
        },
        onResponseStarted: () => {
          begun = true;
        },
      }),
    );
  };
  const answer = request.call({ dispatch }, asked).then((head) => {
    head.body.once('close', used);
    return head;
  });
  return { answer: unlessGivenUp(answer, asked.signal, () => left), silent: () => !begun };
}

/** The answer, unless it is given up before the request leaves: undici hears of that only once it has a connection. */
function unlessGivenUp<Answer>(answer: Promise<Answer>, signal: Asked['signal'], left: () => boolean): Promise<Answer> {
  if (!(signal instanceof AbortSignal)) return answer;
  return new Promise((resolve, reject) => {
    const leave = () => {
      if (!left())
        reject(Object.assign(new Error('The request was given up.'), { code: NEVER_SENT, cause: signal.reason }));
    };
    signal.addEventListener('abort', leave);
    answer.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
  });
}
