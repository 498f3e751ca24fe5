import { isDeepStrictEqual } from 'node:util';

/** What differs between two configurations: `models.fast` is changed, `prices.lab/* (new)` and `providers.lab (gone)` are there in one of them only. */
export function changesIn(before: unknown, after: unknown): readonly string[] {
  const [old, fresh] = [entriesOf(before), entriesOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((name) => {
    if (!fresh.has(name)) return [`${name} (gone)`];
    if (!old.has(name)) return [`${name} (new)`];
    return isDeepStrictEqual(old.get(name), fresh.get(name)) ? [] : [name];
  });
}

/** The entries of a configuration's sections, by section and name; a section that has none counts as one. */
function entriesOf(content: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(content ?? {}).flatMap(([section, entries]): [string, unknown][] =>
      typeof entries === 'object' && entries !== null && !Array.isArray(entries)
        ? Object.entries(entries).map(([name, entry]) => [`${section}.${name}`, entry])
        : [[section, entries]],
    ),
  );
}
