const MOST_CHARACTERS = 64;

/**
 * Gives each tool call an id the service accepts: letters, digits, `_` and `-`, at most 64, none used twice in a
 * conversation. An id that is fit stays; the same calls in the same order get the same ids, so that prompt caches hold.
 */
export function toolIds(): (id: string) => string {
  const given = new Set<string>();
  return (id) => {
    const fit = fitted(id);
    let free = fit;
    for (let more = 2; given.has(free); more++) free = `${fit.slice(0, MOST_CHARACTERS - 5)}_${more}`;
    given.add(free);
    return free;
  };
}

/** The name of a call in the history within the service's pattern: other providers' models may have chosen it. */
export const fitted = (name: string): string =>
  name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MOST_CHARACTERS) || 'call';
