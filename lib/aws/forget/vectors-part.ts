import { asking, type Place } from '../vectors-client.ts';
import { ALL_INDEXES, fromDeletions, fromHits, type Hit, ofSources, ofTenant } from '../vectors-documents.ts';
import type { Part, Theirs } from './part.ts';

/** For each request: the service may need 30 seconds to wake. */
const PATIENCE_MS = 60_000;
/** How many calls are asked for at once, of which each has a vector or two at most; and how many vectors one search gives. */
const MOST_SOURCES = 500;
const MOST_FOUND = 1_000;

/**
 * Vectors, each of a question whose answer a call made. The service deletes by ids alone, so they are looked for first;
 * what was deleted may be found for a minute, and what was added may not be found as long.
 */
export function vectorsPart(place: Place): Part {
  const ask = asking(place);
  const search = async (body: ReturnType<typeof ofTenant | typeof ofSources>): Promise<readonly Hit[]> => {
    const asked = { index: ALL_INDEXES, body };
    return fromHits(await ask((client) => client.search(asked), AbortSignal.timeout(PATIENCE_MS)));
  };

  async function* found(theirs: Theirs): AsyncIterable<readonly Hit[]> {
    const { tenant } = theirs;
    if (theirs.by === 'tenant') return yield* all(tenant);
    const ids = [...theirs.calls.ids];
    for (let from = 0; from < ids.length; from += MOST_SOURCES)
      yield await search(ofSources(tenant, ids.slice(from, from + MOST_SOURCES), MOST_FOUND));
  }

  /** Of a page the last moment is looked at again, for some of the next may share it. */
  async function* all(tenant: string): AsyncIterable<readonly Hit[]> {
    let before = new Set<string>();
    for (let since = 0; ; ) {
      const hits = await search(ofTenant(tenant, since, MOST_FOUND));
      const fresh = hits.filter(({ id }) => !before.has(id));
      if (fresh.length === 0) return;
      yield fresh;
      before = new Set(hits.map(({ id }) => id));
      since = hits.at(-1)?.expiresAt ?? since;
    }
  }

  return {
    async *count(theirs) {
      let vectors = 0;
      yield { vectors };
      for await (const page of found(theirs)) {
        vectors += page.length;
        yield { vectors };
      }
    },

    async *forget(theirs) {
      let vectors = 0;
      yield { vectors };
      for await (const page of found(theirs)) {
        const body = page.map(({ index, id }) => ({ delete: { _index: index, _id: id } }));
        if (body.length > 0)
          vectors += fromDeletions(await ask((client) => client.bulk({ body }), AbortSignal.timeout(PATIENCE_MS)));
        yield { vectors };
      }
    },
  };
}
