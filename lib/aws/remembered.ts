import type { Caller } from '../caller.ts';
import type { Access } from '../world.ts';

/** How long a key that was found, or not found, is remembered: what a revocation may take to arrive. */
export const REMEMBERED_MS = 4_000;
const MOST_KEYS = 10_000;

/** Remembers who is behind a key for a few seconds, so that most calls need no read. Callers that ask at once share one. A failure is not remembered. */
export function remembered(access: Access, now: () => number, forMs = REMEMBERED_MS): Access {
  const known = new Map<string, { readonly until: number; readonly caller: Promise<Caller | undefined> }>();
  return {
    find(keyHash) {
      const at = now();
      const entry = known.get(keyHash);
      if (entry !== undefined && entry.until > at) return entry.caller;
      known.delete(keyHash); // so that the fresh entry counts as the youngest
      if (known.size >= MOST_KEYS) forgetOldest(known);
      const caller = access.find(keyHash);
      const fresh = { until: at + forMs, caller };
      known.set(keyHash, fresh);
      caller.catch(() => {
        if (known.get(keyHash) === fresh) known.delete(keyHash);
      });
      return caller;
    },
  };
}

function forgetOldest(known: Map<string, unknown>): void {
  const oldest = known.keys().next();
  if (!oldest.done) known.delete(oldest.value);
}
