import {
  type DynamoDB,
  GetItemCommand,
  type PutItemCommandInput,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { configInForce } from './config-in-force.ts';
import {
  CONFIG,
  type ConfigVersion,
  CURRENT,
  HISTORY,
  historyKey,
  type InForce,
  toEntry,
  toVersion,
  type VersionEntry,
} from './config-items.ts';
import { toItem } from './item.ts';
import { putIf } from './put-if.ts';
import type { Stamp } from './stamp.ts';
import type { TableNames } from './tables.ts';

const NAMES = ['version', 'at', 'origin', 'by', 'note', 'replaces'];

/** Versions of the configuration as they are read and written one by one. Needs no more than GetItem, PutItem and Query. */
export type ConfigTable = ReturnType<typeof configTable>;

export function configTable(client: DynamoDB, names: Pick<TableNames, 'access'>) {
  const TableName = names.access;
  const history = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :history)',
    ExpressionAttributeValues: marshall({ ':pk': CONFIG, ':history': HISTORY }),
    ScanIndexForward: false,
    // The texts are not among them, for a list needs none. Some of the names are words of DynamoDB's own.
    ProjectionExpression: ['sk', ...NAMES.map((name) => `#${name}`)].join(', '),
    ExpressionAttributeNames: Object.fromEntries(NAMES.map((name) => [`#${name}`, name])),
  };

  const put = (write: Omit<PutItemCommandInput, 'TableName'>): Promise<boolean> =>
    putIf(client, { TableName, ...write });

  return {
    inForce: configInForce(client, names),

    version: async (version: number): Promise<ConfigVersion | undefined> => {
      const Key = marshall({ pk: CONFIG, sk: historyKey(version) });
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item && toVersion(toItem(Item));
    },

    /** Every version ever written, the newest first. */
    entries: async (): Promise<readonly VersionEntry[]> => {
      const found: VersionEntry[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, history))
        found.push(...Items.map((item) => toEntry(toItem(item))));
      return found;
    },

    /** The number of the newest version written, in force or not; 0 when there is none. */
    newest: async (): Promise<number> => {
      const { Items: [item] = [] } = await client.send(new QueryCommand({ ...history, Limit: 1 }));
      return Number(item?.sk?.S?.slice(HISTORY.length) ?? 0); // of its key, which nobody can edit
    },

    /** Adds a version to the history; false when there is one of its number. */
    remember: (version: ConfigVersion, changed: Stamp | undefined): Promise<boolean> =>
      put({
        Item: marshall(
          { pk: CONFIG, sk: historyKey(version.version), v: 1, ...version, changed },
          { removeUndefinedValues: true },
        ),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),

    /** Puts a version in force in the place of another, or of none; false when that is not in force any more. */
    enforce: (
      inForce: InForce & Pick<VersionEntry, 'at' | 'origin'> & { readonly changed?: Stamp | undefined },
      replaced: number | undefined,
    ): Promise<boolean> =>
      put({
        Item: marshall({ pk: CONFIG, sk: CURRENT, v: 1, ...inForce }, { removeUndefinedValues: true }),
        ...(replaced === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'version = :replaced',
              ExpressionAttributeValues: marshall({ ':replaced': replaced }),
            }),
      }),
  };
}
