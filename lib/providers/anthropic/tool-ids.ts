/**
 * Gives each tool call an id Claude accepts: only letters, digits, `_` and `-`, and none used twice in a conversation.
 * An id that is fit stays as it is. The same calls in the same order get the same ids, so that a conversation that grows
 * keeps its beginning, and its place in the prompt cache.
 */
export function toolIds(): (id: string) => string {
  const given = new Set<string>();
  return (id) => {
    const fit = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let free = fit;
    for (let more = 2; given.has(free); more++) free = `${fit}_${more}`;
    given.add(free);
    return free;
  };
}
