import { isDeepStrictEqual } from 'node:util';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keyHash } from '../pipeline/authenticate.ts';
import type { Fields } from './access-fields.ts';
import { readKey, told } from './access-items.ts';
import { currentOf, idOf, keyItems, newSecret, placeOf } from './access-keys.ts';
import { type AccessTable, notRevoked, type Place } from './access-table.ts';
import { toItem } from './item.ts';

/** A key's new secret, and when the one before it stops working. */
export type Rotated = {
  readonly id: string;
  readonly key: string;
  readonly tenant: string;
  readonly previousEnds: string;
};

/**
 * Gives a key another secret; its id, limits and counters stay. The old secret works for `graceMs` more. The new
 * secret's item is written first and the old one's end second: a crash between the two leaves both working, and
 * rotating again puts that right. Undefined when there is no such key; throws for one that nobody could use.
 */
export async function rotateKey(
  table: AccessTable,
  id: string,
  graceMs: number,
  now: number,
): Promise<Rotated | undefined> {
  const items = (await keyItems(table)).filter((item) => idOf(item) === id);
  const current = currentOf(items);
  if (current === undefined) return undefined;
  checkUsable(id, current, now);

  const secret = newSecret();
  const at = new Date(now).toISOString();
  const ends = new Date(now + graceMs).toISOString();
  const place: Place = { pk: `key#${keyHash(secret)}`, sk: 'key' };
  const successor = ({ rotated: _, changed: __, ...item }: Fields) => ({ ...item, created: at, ...place });
  await table.create(successor(current), 'rotate');

  // The oldest first: of two rotations at the same moment, the one that ends the secret both found goes on.
  for (const item of items.filter(({ rotated }) => rotated === undefined).sort(byAge)) {
    const before = await table.update(placeOf(item), replaced(item, at, ends), 'ALL_OLD');
    if (before === undefined) {
      if ((await table.get(placeOf(item))) === undefined) continue;
      await table.remove(place);
      throw overtaken(id);
    }
    // Edited since it was read: the new secret must not be free of a limit that was just set.
    const edited = item === current && !isDeepStrictEqual(toItem(before), current);
    if (edited && !(await table.replaceKey(successor(toItem(before))))) throw overtaken(id);
  }
  return { id, key: secret, tenant: String(current.tenant), previousEnds: sooner(current.expires, ends) };
}

function checkUsable(id: string, current: Fields, now: number): void {
  const reading = readKey(current);
  if (!reading.ok) throw new Error(`Key ${id} is set up wrongly: ${told(reading.fault)}. Correct it first.`);
  const { revoked, expires } = reading.item;
  if (revoked) throw new Error(`Key ${id} is revoked: create another instead.`);
  if (expires !== undefined && Date.parse(expires) <= now)
    throw new Error(`Key ${id} expired at ${expires}: give it another expiry first.`);
}

const overtaken = (id: string) =>
  new Error(`Key ${id} was revoked or rotated by somebody else at the same moment. Its new secret is not valid.`);

const replaced = (item: Fields, at: string, ends: string) => ({
  UpdateExpression: 'SET rotated = :at, expires = :ends',
  ConditionExpression: `attribute_exists(pk) AND attribute_not_exists(rotated) AND ${notRevoked}`,
  ExpressionAttributeValues: marshall({ ':at': at, ':ends': sooner(item.expires, ends), ':false': false }),
});

const byAge = (one: Fields, other: Fields) => (String(one.created) < String(other.created) ? -1 : 1);

const sooner = (expires: unknown, ends: string): string =>
  typeof expires === 'string' && Date.parse(expires) < Date.parse(ends) ? expires : ends;
