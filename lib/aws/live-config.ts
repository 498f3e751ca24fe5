import type { Config } from '../config/config.ts';
import type { Log, World } from '../world.ts';
import type { InForce } from './config-items.ts';

/** Younger than this, the configuration is used as it is. */
export const FRESH_MS = 5_000;
/** Older than this, a call waits for what is in force now: its environment slept. Before, it asks and goes on. */
export const STALE_MS = 25_000;
/** How long a call waits at most. */
export const PATIENCE_MS = 2_000;

/** Where the configuration comes from, and what it is while nothing comes. */
export type LiveConfig = {
  /** Gives what is in force; undefined while there is no version. */
  readonly read: () => Promise<InForce | undefined>;
  /** Makes it a configuration; throws for one that this code cannot use. */
  readonly parse: (json: string) => Config;
  /** What the process started with. Its ledger settings hold to the end: how long holds live must not change under running calls. */
  readonly first: Config;
  readonly now: () => number;
  readonly timer: World['timer'];
  readonly log: Log;
};

/**
 * The configuration in force, at most 30 s old: a change needs no deploy and no restart. Where it cannot be read, or
 * not be used, the last one that could is used on; the operator is told once.
 */
export function liveConfig({ read, parse, first, now, timer, log }: LiveConfig): () => Promise<Config> {
  let config = first;
  let seen: InForce | undefined;
  let knownAt = Number.NEGATIVE_INFINITY;
  let failedAt: number | undefined;
  let asking: { readonly since: number; readonly done: Promise<void> } | undefined;

  const use = (found: InForce | undefined): void => {
    if (found?.version === seen?.version && found?.json === seen?.json) return;
    seen = found;
    if (found === undefined) {
      config = first;
      return;
    }
    try {
      config = { ...parse(found.json), version: found.version, ledger: first.ledger };
    } catch (error) {
      const { version } = found;
      log.error('configuration cannot be used', { version, inForce: config.version, reason: reasonOf(error) });
    }
  };

  const ask = async (since: number): Promise<void> => {
    try {
      use(await inTime(read(), timer));
      knownAt = since;
      failedAt = undefined;
    } catch (error) {
      // An environment that slept over it has learnt nothing of the table.
      if (now() - since >= 2 * PATIENCE_MS) return;
      if (failedAt === undefined) log.error('configuration cannot be read', { reason: reasonOf(error) });
      failedAt = now();
    }
  };

  /** Callers at once share one answer, unless it was asked for before the environment slept. */
  const asked = (at: number): Promise<void> => {
    if (asking !== undefined && at - asking.since < PATIENCE_MS) return asking.done;
    asking = { since: at, done: ask(at) };
    return asking.done;
  };

  return async () => {
    const at = now();
    // While the table is away not every call waits for it.
    if (at - Math.max(knownAt, failedAt ?? knownAt) < FRESH_MS) return config;
    const answer = asked(at);
    if (at - knownAt >= STALE_MS) await answer;
    return config;
  };
}

/** Work, which fails where it takes longer than a call waits. */
function inTime<T>(work: Promise<T>, timer: World['timer']): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = timer(PATIENCE_MS, () => reject(new Error(`no answer within ${PATIENCE_MS} ms`)));
  return Promise.race([work, promise]).finally(cancel);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
