/**
 * A signal that fires with the first of these, for its reason. Node's `AbortSignal.any` makes one that stays in memory,
 * with all its listeners hold, until it fires, unless each of them is taken away; one like this goes with its sources.
 */
export function either(...sources: readonly AbortSignal[]): AbortSignal {
  const fired = sources.find(({ aborted }) => aborted);
  if (fired !== undefined) return fired;
  const joined = new AbortController();
  for (const source of sources) source.addEventListener('abort', () => joined.abort(source.reason), { once: true });
  return joined.signal;
}

/** One's own way to abort, whose signal fires with the source, too, for its reason: `either` with one signal less. */
export function following(source: AbortSignal): AbortController {
  const own = new AbortController();
  if (source.aborted) own.abort(source.reason);
  else source.addEventListener('abort', () => own.abort(source.reason), { once: true });
  return own;
}
