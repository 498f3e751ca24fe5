import { randomBytes } from 'node:crypto';
import { idMaker } from '../ids.ts';
import { keyHash } from '../pipeline/authenticate.ts';
import type { Edit } from './access-edit.ts';
import type { Fields } from './access-fields.ts';
import { readKey, told } from './access-items.ts';
import type { Fault, KeyItem } from './access-schema.ts';
import type { AccessTable, Place } from './access-table.ts';
import { toItem } from './item.ts';

type Hidden = 'pk' | 'sk' | 'v' | 'rotated' | 'changed';

/** What a new key is made of, as it stands in its item. */
export type NewKey = Omit<KeyItem, Hidden | 'id' | 'created' | 'revoked'>;

/** A secret that another has replaced, and that still works. */
type OldSecret = {
  readonly created?: string | undefined;
  /** Left out only when a rotation broke off. */
  readonly expires?: string | undefined;
};

/** A key for a list, with what is wrong with it, if anything is: an operator must see and revoke it all the same. */
export type ListedKey = {
  readonly id: string;
  readonly tenant: string;
  readonly fault?: Fault;
  readonly attributes: Partial<Omit<KeyItem, Hidden>>;
  readonly previous: readonly OldSecret[];
};

/** Keys as an operator changes them. A key is found by its id by reading the whole table, which is as large as there are tenants and keys. */
export function keyAdmin(table: AccessTable, now: () => number) {
  const newId = idMaker('key_', now);
  const itemsOf = async (id: string) => (await keyItems(table)).filter((item) => idOf(item) === id);

  /** Does something to every item of a key, and looks again until there is none it has not been done to: a rotation may add one meanwhile. */
  const toEach = async (id: string, act: (item: Fields, place: Place) => Promise<void>): Promise<boolean> => {
    const done = new Set<string>();
    for (;;) {
      const left = (await itemsOf(id)).filter(({ pk }) => !done.has(String(pk)));
      if (left.length === 0) return done.size > 0;
      for (const item of left) {
        await act(item, placeOf(item));
        done.add(String(item.pk));
      }
    }
  };

  return {
    /** Makes a key of 256 random bits, or stores the hash of the secret given. The secret is nowhere but in the result. */
    createKey: async (
      key: NewKey,
      secret = newSecret(),
    ): Promise<{ readonly id: string; readonly key: string; readonly created: boolean }> => {
      const id = newId();
      const place: Place = { pk: `key#${keyHash(secret)}`, sk: 'key' };
      const item = { ...place, v: 1, id, ...defined(key), created: new Date(now()).toISOString() };
      checkKey(item);
      return { id, key: secret, created: await table.create(item) };
    },

    /** All keys by tenant and age, one each however many secrets it has; there is nothing secret in them. */
    keys: async (): Promise<readonly ListedKey[]> => {
      const found = Map.groupBy(await keyItems(table), (item) => `${item.tenant} ${idOf(item)}`);
      const byName = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
      return byName.flatMap(([, items]) => listKey(items, now()));
    },

    key: async (id: string): Promise<ListedKey | undefined> => {
      const [key] = listKey(await itemsOf(id), now());
      return key;
    },

    /**
     * Changes what the edits name, for all secrets of the key; false when there is none. Throws when the key could not
     * be read afterwards. A later expiry does not lengthen the grace of a secret that was replaced; an earlier one ends it.
     */
    setKey: (id: string, edits: readonly Edit[]): Promise<boolean> =>
      toEach(id, async (_, place) => {
        await table.edit(
          place,
          (item) => edits.filter((edit) => item.rotated === undefined || endsSooner(edit, item)),
          checkKey,
        );
      }),

    /** Revokes the key with this id, with all its secrets; false when there is none. */
    revokeKey: (id: string): Promise<boolean> =>
      toEach(id, async (item, place) => {
        const reading = readKey(item);
        if (reading.ok && reading.item.revoked) return;
        await table.update(place, {
          UpdateExpression: 'SET revoked = :now',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':now': { S: new Date(now()).toISOString() } },
        });
      }),
  };
}

/** 256 random bits, as a secret that says where it belongs. */
export const newSecret = () => `sk-sluice-${randomBytes(32).toString('base64url')}`;

export const keyItems = async (table: AccessTable): Promise<readonly Fields[]> =>
  (await table.all()).map(toItem).filter(({ sk }) => sk === 'key');

/** A key's id; one without is known by its place. */
export const idOf = ({ id, pk }: Fields): string => (typeof id === 'string' ? id : String(pk));

export const placeOf = ({ pk }: Fields): Place => ({ pk: String(pk), sk: 'key' });

/** The item of a key's present secret: the youngest that none has replaced. */
export function currentOf(items: readonly Fields[]): Fields | undefined {
  const age = ({ rotated, created }: Fields) => `${rotated === undefined ? 1 : 0} ${created ?? ''}`;
  return [...items].sort((one, other) => (age(one) < age(other) ? 1 : -1))[0];
}

function listKey(items: readonly Fields[], at: number): readonly ListedKey[] {
  const current = currentOf(items);
  if (current === undefined) return [];
  const previous = items.flatMap((item) => {
    const reading = readKey(item);
    if (item === current || !reading.ok) return [];
    const { created, expires, revoked } = reading.item;
    return revoked || (expires !== undefined && Date.parse(expires) <= at) ? [] : [{ created, expires }];
  });
  const reading = readKey(current);
  const named = { id: idOf(current), tenant: String(current.tenant), previous };
  if (!reading.ok) return [{ ...named, fault: reading.fault, attributes: {} }];
  const { pk: _, sk: __, v: ___, rotated: ____, changed: _____, ...attributes } = reading.item;
  return [{ ...named, attributes }];
}

function endsSooner({ path, value }: Edit, { expires }: Fields): boolean {
  if (path[0] !== 'expires') return true;
  return typeof value === 'string' && typeof expires === 'string' && Date.parse(value) < Date.parse(expires);
}

const defined = (key: Fields): Fields =>
  Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined));

function checkKey(item: Fields): void {
  const reading = readKey(item);
  if (!reading.ok) throw new Error(`The key would not be readable: ${told(reading.fault)}.`);
}
