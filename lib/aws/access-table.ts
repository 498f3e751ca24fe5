import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDB,
  GetItemCommand,
  type PutItemCommandInput,
  paginateScan,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Edit, edited, toWrite } from './access-edit.ts';
import type { Fields } from './access-fields.ts';
import { AUDIT } from './audit-items.ts';
import { CONFIG } from './config-items.ts';
import { toItem } from './item.ts';
import { putIf } from './put-if.ts';
import { type Stamping, stampedWrite } from './stamp.ts';
import type { TableNames } from './tables.ts';

type Raw = Readonly<Record<string, AttributeValue>>;

/** An item's place in the table. */
export type Place = { readonly pk: string; readonly sk: 'tenant' | 'key' };

/** The condition of a key in use; its `:false` is false. */
export const notRevoked = '(attribute_not_exists(revoked) OR revoked = :false)';

const EDIT_TRIES = 8;

/** Table Access as its administration reads and writes it: always the latest, and never over somebody else's change. */
export type AccessTable = ReturnType<typeof accessTable>;

export function accessTable(client: DynamoDB, names: TableNames, stamping: Stamping) {
  const TableName = names.access;

  const get = async (place: Place): Promise<Raw | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: marshall(place), ConsistentRead: true }));
    return Item;
  };

  const write = async (
    place: Place,
    update: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Raw | undefined> => {
    try {
      const command = new UpdateItemCommand({ TableName, Key: marshall(place), ...update });
      return (await client.send(command)).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };

  /** Writes to an item; what it was before and is then, or undefined when a condition of the write fails. */
  const update = async (
    place: Place,
    update: Omit<UpdateItemCommandInput, 'TableName' | 'Key' | 'ReturnValues'>,
    ReturnValues: 'ALL_OLD' | 'ALL_NEW' = 'ALL_NEW',
  ): Promise<Raw | undefined> => write(place, { ...stampedWrite(update, await stamping()), ReturnValues });

  /** Deletes an item, if it still has the mark; whether there was one, or undefined when it has another mark. */
  const deleted = async (place: Place, mark: string | undefined): Promise<boolean | undefined> => {
    const marked = mark !== undefined && {
      ConditionExpression: 'changed.id = :mark',
      ExpressionAttributeValues: marshall({ ':mark': mark }),
    };
    const input = { TableName, Key: marshall(place), ReturnValues: 'ALL_OLD' as const, ...marked };
    try {
      return (await client.send(new DeleteItemCommand(input))).Attributes !== undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };

  const put = (item: Omit<PutItemCommandInput, 'TableName'>): Promise<boolean> => putIf(client, { TableName, ...item });

  return {
    get,
    update,

    /** Creates an item; false when there is one in its place. */
    create: async (item: Place & Fields, does?: 'rotate'): Promise<boolean> => {
      const Item = marshall({ ...item, changed: await stamping({ does }) }, { removeUndefinedValues: true });
      return put({ Item, ConditionExpression: 'attribute_not_exists(pk)' });
    },

    /** Writes a key whole over the one in its place; false when there is none, or it is revoked. */
    replaceKey: async (item: Place & Fields): Promise<boolean> => {
      const Item = marshall({ ...item, changed: await stamping() }, { removeUndefinedValues: true });
      const ConditionExpression = `attribute_exists(pk) AND ${notRevoked}`;
      const ExpressionAttributeValues = marshall({ ':false': false });
      return put({ Item, ConditionExpression, ExpressionAttributeValues });
    },

    /** Deletes an item; false when there was none. One that is gone cannot say who deleted it, so it is told just before. */
    remove: async (place: Place): Promise<boolean> => {
      for (let tries = 0; tries < EDIT_TRIES; tries++) {
        const mark = await stamping({ does: 'remove' });
        const exists = { ConditionExpression: 'attribute_exists(pk)' };
        if (mark !== undefined && (await write(place, stampedWrite(exists, mark))) === undefined) return false;
        const gone = await deleted(place, mark?.id);
        if (gone !== undefined) return gone;
      }
      throw changedByOthers(place);
    },

    /** Every item there is but versions of the configuration and notes for the audit log, read page by page. */
    all: async (): Promise<readonly Raw[]> => {
      const found: Raw[] = [];
      const FilterExpression = 'NOT pk IN (:config, :audit)';
      const ExpressionAttributeValues = marshall({ ':config': CONFIG, ':audit': AUDIT });
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
        const change = toWrite(raw, wanted);
        if (change.UpdateExpression === '') return item;
        const after = await update(place, change);
        if (after !== undefined) return toItem(after);
      }
      throw changedByOthers(place);
    },
  };
}

const changedByOthers = ({ pk }: Place) =>
  new Error(`${pk} was changed by others each time it was about to be written. Try again.`);
