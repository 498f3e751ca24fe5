import { codeOf } from './failure.ts';

/** One try to have something answered over kept connections. */
export type Try<Answer> = {
  /** Resolves with the head of the answer. */
  readonly answer: Promise<Answer>;
  /** Whether this failure came before a byte of the answer did. */
  readonly silent: (failure: unknown) => boolean;
};

/** Sends to a host over these connections, and calls `used` once the answer's last byte is there. */
export type Ask<Connections, Answer> = (connections: Connections, used: () => void) => Try<Answer>;

type Means<Connections> = {
  readonly open: () => Connections;
  /** Whether a connection to the host is at hand. */
  readonly kept: (connections: Connections, host: string) => boolean;
  readonly now: () => number;
};

/** How long a connection is kept without use; shorter than the minute after which most hosts and balancers close theirs. */
export const KEPT_MS = 30_000;
/** How long an unused connection is surely alive: common servers close theirs after 5 s and do not announce it. */
const TRUSTED_MS = 4_000;
/** A dead connection says so at once. Whoever breaks it later has worked on the request. */
const AT_ONCE_MS = 1_000;

/**
 * Sends over connections that are made anew when those at hand can only be dead, and sends a second time, at once, what
 * went out over one that turned out to be. A Lambda environment is frozen between calls, and its timers with it: only
 * the wall clock, `now`, tells how long a connection was not used, and nothing closed it while it could.
 */
export function freshened<Connections>({ open, kept, now }: Means<Connections>) {
  let connections = open();
  const usedAt = new Map<string, number>();
  // Those that are left end by themselves: nothing new goes over them, and they are closed when they have not been used.
  const renewed = (old: Connections) => {
    if (connections === old) {
      connections = open();
      usedAt.clear();
    }
    return connections;
  };
  return async <Answer>(host: string, ask: Ask<Connections, Answer>): Promise<Answer> => {
    const unusedMs = (at: number) => now() - at;
    // A dead connection may swallow a request without a word, so none is tried.
    if (usedAt.size > 0 && unusedMs(Math.max(...usedAt.values())) > KEPT_MS) renewed(connections);
    const over = connections;
    const doubtful = unusedMs(usedAt.get(host) ?? now()) > TRUSTED_MS && kept(over, host);
    const used = () => void usedAt.set(host, now());
    const sentAt = now();
    const first = ask(over, used);
    return first.answer.catch((failure: unknown) => {
      if (!doubtful || now() - sentAt > AT_ONCE_MS || !DEAD.has(codeOf(failure)) || !first.silent(failure))
        throw failure;
      // Its siblings are as old as it was: the second try takes none of them.
      return ask(renewed(over), used).answer;
    });
  };
}

/** What Node and undici call it when the other side is gone. */
export const DEAD = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
