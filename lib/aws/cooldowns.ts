import type { Cooldowns, Ended } from '../cooldowns.ts';
import { after, failing, type Health, type Rest, restAfter, trial } from '../pipeline/cooldown.ts';
import type { Log } from '../world.ts';

/** Where rests are kept for all environments. */
export type RestStore = {
  /** All that are known, by target. */
  readonly all: () => Promise<ReadonlyMap<string, Rest>>;
  /** Puts a rest that ends later than the one that is there. */
  readonly put: (target: string, rest: Rest) => Promise<void>;
  /** Puts a rest in the place of the very one that is known; else gives the one that is there, undefined for none. */
  readonly replace: (target: string, known: Rest, rest: Rest) => Promise<'replaced' | Rest | undefined>;
  /** Takes the very rest away that is known; another stays. */
  readonly remove: (target: string, known: Rest) => Promise<void>;
};

/** How old what is known of others may be. */
const FRESH_MS = 5_000;
/** More are no outage but somebody who makes up names; then the oldest is forgotten. */
const MOST_TARGETS = 500;

/**
 * Cooldowns that all environments share. What this process sees counts at once; what others saw is read beside the
 * calls, never before one. Where the store is away, each process goes by what it sees itself.
 */
export function sharedCooldowns(store: RestStore, now: () => number, log: Log): Cooldowns {
  const healths = new Map<string, Health>();
  const answeredAt = new Map<string, number>();
  let rests = new Map<string, Rest>();
  /** When this process last learned something of a target by itself: what was read before that is older. */
  const changed = new Map<string, number>();
  const saving = new Set<Promise<void>>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const report = (error: unknown): void => log.error('Cooldowns cannot be shared.', { cause: String(error) });
  const save = (work: Promise<unknown>): void => {
    const saved: Promise<void> = work.then(() => {}, report).finally(() => void saving.delete(saved));
    saving.add(saved);
  };
  const set = (target: string, rest: Rest | undefined): void => {
    changed.set(target, now());
    if (rest === undefined) rests.delete(target);
    else keep(rests, target, rest);
  };
  const read = async (): Promise<void> => {
    const since = now();
    readAt = since;
    await Promise.all(saving);
    const told = new Map(await store.all());
    for (const [target, at] of changed) {
      const own = rests.get(target);
      if (at < since) changed.delete(target);
      else if (own === undefined) told.delete(target);
      else told.set(target, own);
    }
    rests = told;
  };
  const look = (): void => {
    if (reading !== undefined || now() - readAt < FRESH_MS) return;
    reading = read()
      .catch(report)
      .finally(() => {
        reading = undefined;
      });
  };

  const remember = (target: string, well: boolean): Health => {
    if (well) keep(answeredAt, target, now());
    const health = after(healths.get(target) ?? [], well, now());
    if (healths.has(target) || !well) keep(healths, target, health);
    return health;
  };
  /** One that keeps callers waiting is left alone at once, unless others were answered meanwhile: then it was the request. */
  const tires = (target: string, { as, afterMs = 0 }: Ended, health: Health): boolean =>
    as === 'broken' ||
    failing(health) ||
    (as === 'silent' && (answeredAt.get(target) ?? Number.NEGATIVE_INFINITY) < now() - afterMs);

  return {
    resting(target) {
      look();
      return (rests.get(target)?.until ?? 0) > now();
    },

    async admits(target) {
      const known = rests.get(target);
      if (known === undefined) return 'well';
      if (known.until > now()) return 'resting';
      const mine = trial(known, now());
      set(target, mine); // before others of this process ask
      try {
        const found = await store.replace(target, known, mine);
        if (found === 'replaced') return mine;
        set(target, found);
        return found === undefined ? 'well' : 'resting';
      } catch (error) {
        report(error);
        return mine;
      }
    },

    note(target, ended, turn) {
      const known = rests.get(target);
      const well = ended.as === 'answered';
      const health = remember(target, well);
      // Of a target that rests many calls are still under way, and some of them end well: it is for the one who tries it to say.
      if (known !== undefined && known.until !== turn?.until) return;
      if (known !== undefined && well) {
        healths.delete(target);
        set(target, undefined);
        save(store.remove(target, known));
        log.info('a target is back', { target });
      }
      if (well || (known === undefined && !tires(target, ended, health))) return;
      const rest = restAfter(ended, known, now());
      set(target, rest);
      save(store.put(target, rest));
      log.info('a target is left alone', { target, as: ended.as, ms: rest.until - now() });
    },

    release(target, turn) {
      const known = rests.get(target);
      if (known === undefined || known.until !== turn.until) return;
      const over = { ...known, until: now() };
      set(target, over);
      save(store.replace(target, known, over));
    },

    idle: async () => {
      while (saving.size > 0 || reading !== undefined) await Promise.all([...saving, reading]);
    },
  };
}

function keep<Value>(known: Map<string, Value>, target: string, value: Value): void {
  known.delete(target); // so that it counts as the youngest
  const [oldest] = known.keys();
  if (known.size >= MOST_TARGETS && oldest !== undefined) known.delete(oldest);
  known.set(target, value);
}
