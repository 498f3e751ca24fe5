import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Note } from '../../lib/aws/audit-notes.ts';
import type { Whereabouts } from '../../lib/aws/forget/elsewhere.ts';
import { type Forgetting, type Forgotten, type Found, forgetting } from '../../lib/aws/forget/forgetting.ts';
import type { Counts } from '../../lib/aws/forget/part.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { CaptureAdmin } from '../../lib/captures.ts';

/** What there is beside the tables: vectors at an address, captures, each of which may be where nobody knows; and a clock. */
type Places = {
  readonly endpoint?: string | 'unknown';
  readonly captures?: CaptureAdmin | 'unknown';
  readonly now?: () => number;
};

/** How somebody is forgotten in local tables, and in what there is beside them; `notes` has what is noted for the audit log. */
export function forgettingIn(
  client: DynamoDB,
  { endpoint, captures, now = Date.now }: Places = {},
): Forgetting & { readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const note = async (taken: Note) => void notes.push(taken);
  const vectors = async () => whereabouts(endpoint, (url) => ({ endpoint: async () => url }));
  const where = whereabouts(captures, (admin) => admin);
  return { ...forgetting({ client, names: localTableNames, vectors, captures: where, note, now }), notes };
}

function whereabouts<Told, Place>(
  told: Told | 'unknown' | undefined,
  toPlace: (told: Told) => Place,
): Whereabouts<Place> {
  if (told === undefined) return { state: 'nowhere' };
  return told === 'unknown' ? { state: 'unknown' } : { state: 'place', place: toPlace(told) };
}

/** What is counted where all can be reached, and what is told of it once it is forgotten. */
export const found = (counts: Counts): Found => ({ counts, unreached: {} });
export const forgotten = (counts: Counts): Forgotten => ({ forgotten: true, ...found(counts) });
