import type { Store } from './dynalite.ts';
import { type Fields, toFields } from './fields.ts';
import { type Reply, refusal } from './reply.ts';

// Beside dynalite's own keys in the same store, so that it lives and dies with the tables.
const PREFIX = 'time-to-live~';

/** Remembers, or forgets, by which attribute a table's items expire. */
export async function updateTimeToLive(store: Store, input: Fields): Promise<Reply> {
  const { AttributeName, Enabled } = toFields(input.TimeToLiveSpecification);
  if (typeof AttributeName !== 'string' || AttributeName === '' || typeof Enabled !== 'boolean') {
    return refusal('ValidationException', 'TimeToLiveSpecification needs AttributeName and Enabled');
  }
  const enabled = (await store.db.get(recordOf(input))) !== undefined;
  if (Enabled === enabled) {
    return refusal('ValidationException', `TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
  }
  if (Enabled) await store.db.put(recordOf(input), AttributeName);
  else await forgetTimeToLive(store, input);
  return { status: 200, body: { TimeToLiveSpecification: { AttributeName, Enabled } } };
}

/** Says by which attribute a table's items expire. */
export async function describeTimeToLive(store: Store, input: Fields): Promise<Reply> {
  const AttributeName = await store.db.get(recordOf(input));
  const TimeToLiveDescription =
    AttributeName === undefined
      ? { TimeToLiveStatus: 'DISABLED' }
      : { TimeToLiveStatus: 'ENABLED', AttributeName: String(AttributeName) };
  return { status: 200, body: { TimeToLiveDescription } };
}

/** Lets a table's items live on. */
export const forgetTimeToLive = (store: Store, input: Fields): Promise<void> => store.db.del(recordOf(input));

/** The tables whose items expire, each with the attribute that says when. */
export async function timesToLive(store: Store): Promise<{ readonly table: string; readonly attribute: string }[]> {
  const found: { readonly table: string; readonly attribute: string }[] = [];
  for await (const [key, attribute] of store.db.entries({ gt: PREFIX, lt: `${PREFIX}~` }))
    found.push({ table: key.slice(PREFIX.length), attribute: String(attribute) });
  return found;
}

const recordOf = ({ TableName }: Fields) => `${PREFIX}${TableName}`;
