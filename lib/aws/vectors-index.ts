import { createHash } from 'node:crypto';
import type { Sought } from '../recall.ts';
import type { Ask } from './vectors-client.ts';
import { refusalOf } from './vectors-documents.ts';

/** An index's name may have 255 bytes. */
const MOST_LETTERS = 100;

/** The index of an embedder's vectors of so many dimensions: vectors of two tell nothing of each other. */
export function indexName({ embedder, vector }: Pick<Sought, 'embedder' | 'vector'>): string {
  const legible = embedder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MOST_LETTERS);
  const exact = createHash('sha256').update(embedder).digest('hex').slice(0, 16);
  return `answers-${legible}-${exact}-${vector.length}`;
}

/** Makes indexes, each before its first document: the service would make one itself that takes a vector for a list of numbers. */
export function indexKeeper(ask: Ask) {
  const known = new Set<string>();
  return {
    /** Makes an index, unless it is there. */
    ensure: async (index: string, dimension: number, signal: AbortSignal): Promise<void> => {
      if (known.has(index)) return;
      const there = await ask((client) => client.indices.exists({ index }), signal);
      if (there !== true) {
        const said = await ask(
          (client) => client.indices.create(creation(index, dimension), { ignore: [400] }),
          signal,
        );
        const refusal = refusalOf(said);
        // Another environment may have been faster.
        if (refusal !== undefined && refusal !== 'resource_already_exists_exception')
          throw new Error(`The index ${index} could not be made: ${refusal}.`);
      }
      known.add(index);
    },
    /** Looks again before the next document. */
    forget: (index: string): void => void known.delete(index),
  };
}

const word = { type: 'keyword' } as const;

const creation = (index: string, dimension: number) => ({
  index,
  body: {
    settings: { index: { knn: true } },
    mappings: {
      dynamic: 'strict' as const,
      properties: {
        vector: {
          type: 'knn_vector',
          dimension,
          method: { name: 'hnsw', engine: 'faiss', space_type: 'innerproduct' },
        } as const,
        tenant: word,
        sharer: word,
        model: word,
        shape: word,
        key: word,
        source: word,
        expiresAt: { type: 'long' } as const,
        words: { type: 'keyword', index: false, doc_values: false } as const,
      },
    },
  },
});
