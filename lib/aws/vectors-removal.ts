import '../schema.ts';
import * as z from 'zod/mini';
import type { Cleared } from './answer-items.ts';
import { type Ask, asking, type Place } from './vectors-client.ts';
import { fromHits, type Hit, PAGE, toSharer } from './vectors-documents.ts';
import { ALL_INDEXES } from './vectors-index.ts';

/** What a request may take: the service may first have to wake. */
const REQUEST_MS = 60_000;

/** Whose vectors are taken away: all of a tenant, a key or a model, or those that lead to one answer. */
export type Unwanted = Cleared | { readonly of: 'answer'; readonly name: string };

/** Takes vectors away, of whatever embedder; gives how many there were. */
export async function removeVectors(place: Place, unwanted: Unwanted): Promise<number> {
  const ask = asking(place);
  // For seconds a search still finds what was deleted.
  const seen = new Set<string>();
  let removed = 0;
  let before: number;
  do {
    before = seen.size;
    for await (const page of pages(ask, unwanted)) {
      const fresh = page.filter((hit) => !seen.has(nameOf(hit)));
      for (const hit of fresh) seen.add(nameOf(hit));
      removed += await deleted(ask, fresh, AbortSignal.timeout(REQUEST_MS));
    }
  } while (seen.size > before);
  return removed;
}

const nameOf = ({ index, id }: Hit): string => `${index}/${id}`;

async function* pages(ask: Ask, unwanted: Unwanted): AsyncIterable<readonly Hit[]> {
  let after: Hit['sort'] | undefined;
  do {
    const body = {
      size: PAGE,
      _source: false,
      query: { bool: { filter: [{ term: toTerm(unwanted) }] } },
      sort: ['expiresAt', 'key'],
      ...(after && { search_after: [...after] }),
    };
    const said = await ask((client) => client.search({ index: ALL_INDEXES, body }), AbortSignal.timeout(REQUEST_MS));
    const page = fromHits(said);
    yield page;
    after = page.length < PAGE ? undefined : page.at(-1)?.sort;
  } while (after !== undefined);
}

function toTerm({ of, name }: Unwanted): Readonly<Record<string, string>> {
  switch (of) {
    case 'tenant':
      return { tenant: name };
    case 'key':
      return { sharer: toSharer(name) };
    case 'model':
      return { model: name };
    case 'answer':
      return { key: name };
  }
}

/** Deletes documents by the ids the service gave them; gives how many were still there. */
export async function deleted(ask: Ask, hits: readonly Hit[], signal: AbortSignal): Promise<number> {
  if (hits.length === 0) return 0;
  const body = hits.map(({ index, id }) => ({ delete: { _index: index, _id: id } }));
  // With an index in the path the client asks by PUT, of which the service's list of requests says nothing.
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-genref.html
  const said = await ask((client) => client.bulk({ body }), signal);
  const statuses = bulk.parse(said).items.map((item) => item.delete.status);
  const refused = statuses.find((status) => status >= 400 && status !== 404);
  if (refused !== undefined) throw new Error(`A vector could not be taken away: status ${refused}.`);
  return statuses.filter((status) => status === 200).length;
}

const bulk = z.object({ items: z.array(z.object({ delete: z.object({ status: z.number() }) })) });
