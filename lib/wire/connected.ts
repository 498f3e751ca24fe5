import Agent from 'undici/lib/dispatcher/agent.js';
import { dispatched, type Head, type Leaving } from './dispatched.ts';
import { freshened, KEPT_MS } from './freshened.ts';
import type { Timer } from './timer.ts';

/** Asks a host over connections that are kept for the next request, and resolves with the head of its answer. */
export type Connected = (leaving: Leaving) => Promise<Head>;

/** No call lasts longer: how long an answer may take to begin and to go on is for its caller to say, by the signal. */
const SILENCE_MS = 900_000;

/** One pool of connections a host, each of which may take so long to come about. */
export function connected(connectMs: number, timer: Timer, now: () => number): Connected {
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
  return (leaving) =>
    fresh(leaving.origin, (agent, used) => {
      const { head, begun } = dispatched(agent, leaving, timer, used);
      return { answer: head, silent: () => !begun() };
    });
}

function kept(agent: Agent, host: string): boolean {
  const pool = agent.stats[host];
  return pool !== undefined && 'free' in pool && pool.free > 0;
}
