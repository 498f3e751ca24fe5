import type { Vectors } from '../recall.ts';
import { type Ask, asking, type Place } from './vectors-client.ts';
import { expired, fromHits, isMissing, nearestTo, toCosine, toDocument } from './vectors-documents.ts';
import { indexKeeper, indexName } from './vectors-index.ts';

/** The variable that tells a function where its vectors are. */
export const VECTORS_ENDPOINT = 'SLUICE_VECTORS_ENDPOINT';

/**
 * What a change may take: 30 seconds are what the service may need to wake for it, which no search before it has done.
 * A function waits so long after its answer is out, and pays for that; else a quiet gateway would never keep a vector.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scale-to-zero.html
 */
const CHANGE_MS = 35_000;
/** How many that are over are taken away at once, */
const MOST_SWEPT = 500;
/** and how often at most: until the service has refreshed what it finds, it would find the same. */
const SWEPT_EVERY_MS = 60_000;

/**
 * Vectors in OpenSearch, in an index of their own for each embedder and number of dimensions. One that is added is
 * found after up to a minute, and one that is taken away may be found as long.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-overview.html#serverless-limitations
 */
export function openSearchVectors({ now, ...place }: Place & { readonly now: () => number }): Vectors {
  const ask = asking(place);
  const indexes = indexKeeper(ask);
  const sweptAt = new Map<string, number>();
  const sweep = async (index: string, signal: AbortSignal): Promise<void> => {
    if (now() - (sweptAt.get(index) ?? 0) < SWEPT_EVERY_MS) return;
    sweptAt.set(index, now());
    await swept(ask, index, now(), signal);
  };

  return {
    async nearest(sought, signal) {
      const search = { index: indexName(sought), body: nearestTo(sought, now()) };
      const said = await ask((client) => client.search(search, { ignore: [404] }), signal);
      if (isMissing(said)) return [];
      return fromHits(said).map(({ id, key, words, score }) => ({ id, key, words, score: toCosine(score) }));
    },

    async add(vector) {
      const signal = AbortSignal.timeout(CHANGE_MS);
      const index = indexName(vector);
      await indexes.ensure(index, vector.vector.length, signal);
      const write = ask((client) => client.index({ index, body: toDocument(vector) }, { ignore: [404] }), signal);
      // Whoever adds takes away: the service forgets nothing by itself. That this fails is of no matter to what is added.
      const [said] = await Promise.allSettled([write, sweep(index, signal)]);
      if (said.status === 'rejected') throw said.reason;
      if (!isMissing(said.value)) return;
      indexes.forget(index);
      throw new Error(`The index ${index} was taken away; the next vector makes it anew.`);
    },

    async remove({ id }, sought) {
      const signal = AbortSignal.timeout(CHANGE_MS);
      await ask((client) => client.delete({ index: indexName(sought), id }, { ignore: [404] }), signal);
    },
  };
}

async function swept(ask: Ask, index: string, now: number, signal: AbortSignal): Promise<void> {
  const body = { size: MOST_SWEPT, _source: false, query: { bool: { filter: [expired(now)] } } };
  const said = await ask((client) => client.search({ index, body }), signal);
  const deletions = fromHits(said).map(({ id }) => ({ delete: { _index: index, _id: id } }));
  if (deletions.length === 0) return;
  // With an index in the path the client asks by PUT, of which the service's list of requests says nothing.
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-genref.html
  await ask((client) => client.bulk({ body: deletions }), signal);
}
