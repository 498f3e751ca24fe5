import { randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { idMaker } from '../ids.ts';
import { keyHash } from '../pipeline/authenticate.ts';
import { type ListedKey, listKey } from './access-items.ts';
import type { TableNames } from './tables.ts';

/** What a new key is made of. */
export type NewKey = {
  readonly tenant: string;
  readonly name?: string | undefined;
  readonly feature?: string | undefined;
  readonly expires?: string | undefined;
};

/** Table Access as an operator changes it; the gateway itself only ever reads it. */
export type AccessAdmin = ReturnType<typeof accessAdmin>;

export function accessAdmin(client: DynamoDBClient, names: TableNames, now: () => number = Date.now) {
  const TableName = names.access;
  const newId = idMaker('key_', now);

  const put = async (item: Readonly<Record<string, unknown>>): Promise<boolean> => {
    try {
      const Item = marshall({ v: 1, created: new Date(now()).toISOString(), ...item }, { removeUndefinedValues: true });
      await client.send(new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const keys = async (): Promise<readonly ListedKey[]> => {
    const found: ListedKey[] = [];
    for await (const { Items = [] } of paginateScan(
      { client },
      { TableName, FilterExpression: 'sk = :key', ExpressionAttributeValues: { ':key': { S: 'key' } } },
    )) {
      found.push(...Items.map((item) => listKey(unmarshall(item))));
    }
    return found;
  };

  return {
    /** Creates a tenant; false when there already is one of that name. */
    createTenant: (name: string): Promise<boolean> => put({ pk: `tenant#${name}`, sk: 'tenant' }),

    tenantExists: async (name: string): Promise<boolean> => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: marshall({ pk: `tenant#${name}`, sk: 'tenant' }), ConsistentRead: true }),
      );
      return Item !== undefined;
    },

    tenants: async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { Items = [] } of paginateScan(
        { client },
        { TableName, FilterExpression: 'sk = :tenant', ExpressionAttributeValues: { ':tenant': { S: 'tenant' } } },
      )) {
        found.push(...Items.map((item) => String(unmarshall(item).pk).slice('tenant#'.length)));
      }
      return found.sort();
    },

    /** Makes a key of 256 random bits, or stores the hash of the secret given. The secret is nowhere but in the result. */
    createKey: async (
      key: NewKey,
      secret = `sk-sluice-${randomBytes(32).toString('base64url')}`,
    ): Promise<{ readonly id: string; readonly key: string; readonly created: boolean }> => {
      const id = newId();
      const created = await put({ pk: `key#${keyHash(secret)}`, sk: 'key', id, ...key });
      return { id, key: secret, created };
    },

    /** All keys; there is nothing secret in them. */
    keys,

    /** Revokes the key with this id; false when there is none. */
    revokeKey: async (id: string): Promise<boolean> => {
      const key = (await keys()).find((each) => each.id === id);
      if (key === undefined) return false;
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ pk: key.pk, sk: 'key' }),
          UpdateExpression: 'SET revoked = :now',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: marshall({ ':now': new Date(now()).toISOString() }),
        }),
      );
      return true;
    },
  };
}
