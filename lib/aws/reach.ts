import { type DynamoDB, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type TableName, type TableNames, tables } from './tables.ts';

/** A table that could not be asked, and why. */
export type Unreached = { readonly table: TableName; readonly name: string; readonly reason: string };

/** Asks each table for something it does not have; gives back those that did not answer. */
export async function unreached(client: DynamoDB, names: TableNames): Promise<readonly Unreached[]> {
  const Key = marshall({ pk: 'nothing', sk: 'nothing' });
  const asked = Object.keys(tables).filter(isTable);
  const answers = await Promise.allSettled(
    asked.map((table) => client.send(new GetItemCommand({ TableName: names[table], Key }))),
  );
  return asked.flatMap((table, index) => {
    const answer = answers[index];
    if (answer?.status !== 'rejected') return [];
    const reason = answer.reason instanceof Error ? answer.reason.message : String(answer.reason);
    return [{ table, name: names[table], reason }];
  });
}

const isTable = (name: string): name is TableName => Object.hasOwn(tables, name);
