import type { Vectors } from '../recall.ts';
import type { Place } from './vectors-client.ts';

/** The variable that tells a function where its vectors are. */
export const VECTORS_ENDPOINT = 'SLUICE_VECTORS_ENDPOINT';

/** Vectors in OpenSearch, loaded when somebody first asks for one: most gateways never do. */
export function vectorsOnDemand(place: Place & { readonly now: () => number }): Vectors {
  let opened: Promise<Vectors> | undefined;
  const vectors = (): Promise<Vectors> => {
    opened ??= import('./vectors.ts').then(
      ({ openSearchVectors }) => openSearchVectors(place),
      (error: unknown) => {
        opened = undefined; // the next one tries again
        throw error;
      },
    );
    return opened;
  };
  return {
    nearest: async (sought, signal) => (await vectors()).nearest(sought, signal),
    add: async (vector) => (await vectors()).add(vector),
    remove: async (near, sought) => (await vectors()).remove(near, sought),
  };
}
