import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type PutItemCommandInput,
  paginateScan,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Edit, edited, toWrite } from './access-edit.ts';
import type { Fields } from './access-fields.ts';
import { CONFIG } from './config-items.ts';
import { toItem } from './item.ts';
import { putIf } from './put-if.ts';
import type { TableNames } from './tables.ts';

type Raw = Readonly<Record<string, AttributeValue>>;

/** An item's place in the table. */
export type Place = { readonly pk: string; readonly sk: 'tenant' | 'key' };

/** The condition of a key in use; its `:false` is false. */
export const notRevoked = '(attribute_not_exists(revoked) OR revoked = :false)';

const EDIT_TRIES = 8;

/** Table Access as its administration reads and writes it: always the latest, and never over somebody else's change. */
export type AccessTable = ReturnType<typeof accessTable>;

export function accessTable(client: DynamoDBClient, names: TableNames) {
  const TableName = names.access;

  const get = async (place: Place): Promise<Raw | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: marshall(place), ConsistentRead: true }));
    return Item;
  };

  /** Writes to an item; what it was before and is then, or undefined when a condition of the write fails. */
  const update = async (
    place: Place,
    write: Omit<UpdateItemCommandInput, 'TableName' | 'Key' | 'ReturnValues'>,
    ReturnValues: 'ALL_OLD' | 'ALL_NEW' = 'ALL_NEW',
  ): Promise<Raw | undefined> => {
    try {
      const command = new UpdateItemCommand({ TableName, Key: marshall(place), ...write, ReturnValues });
      return (await client.send(command)).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };

  const put = (write: Omit<PutItemCommandInput, 'TableName'>): Promise<boolean> =>
    putIf(client, { TableName, ...write });

  return {
    get,
    update,

    /** Creates an item; false when there is one in its place. */
    create: async (item: Place & Fields): Promise<boolean> => {
      const Item = marshall(item, { removeUndefinedValues: true });
      return put({ Item, ConditionExpression: 'attribute_not_exists(pk)' });
    },

    /** Writes a key whole over the one in its place; false when there is none, or it is revoked. */
    replaceKey: async (Item: Raw): Promise<boolean> => {
      const ConditionExpression = `attribute_exists(pk) AND ${notRevoked}`;
      const ExpressionAttributeValues = marshall({ ':false': false });
      return put({ Item: { ...Item }, ConditionExpression, ExpressionAttributeValues });
    },

    /** Deletes an item; false when there was none. */
    remove: async (place: Place): Promise<boolean> => {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ TableName, Key: marshall(place), ReturnValues: 'ALL_OLD' }),
      );
      return Attributes !== undefined;
    },

    /** Every item there is but the versions of the configuration, read page by page. */
    all: async (): Promise<readonly Raw[]> => {
      const found: Raw[] = [];
      const FilterExpression = 'pk <> :config';
      const ExpressionAttributeValues = { ':config': { S: CONFIG } };
      const scan = { TableName, ConsistentRead: true, FilterExpression, ExpressionAttributeValues };
      for await (const { Items = [] } of paginateScan({ client }, scan)) found.push(...Items);
      return found;
    },

    /** Makes edits on an item, after `check` has seen what would become of it; undefined when there is no such item. */
    edit: async (
      place: Place,
      edits: (item: Fields) => readonly Edit[],
      check: (item: Fields) => void,
    ): Promise<Fields | undefined> => {
      for (let tries = 0; tries < EDIT_TRIES; tries++) {
        const raw = await get(place);
        if (raw === undefined) return undefined;
        const item = toItem(raw);
        const wanted = edits(item);
        check(edited(item, wanted));
        const write = toWrite(raw, wanted);
        if (write.UpdateExpression === '') return item;
        const after = await update(place, write);
        if (after !== undefined) return toItem(after);
      }
      throw new Error(`${place.pk} was changed by others each time it was about to be written. Try again.`);
    },
  };
}
