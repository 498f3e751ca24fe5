import { randomUUID } from 'node:crypto';
import { type AttributeValue, type DynamoDB, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { isFields } from './access-fields.ts';
import { changeIn } from './audit-changes.ts';
import type { AuditLog } from './audit-log.ts';
import { toItem } from './item.ts';

const WRITES = ['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand'];

/** Logs what a client changes in table Access from now on, as a stream of the table would have it logged: where the database is embedded, there are no streams. */
export function watchAccess(client: DynamoDB, TableName: string, log: Pick<AuditLog, 'append'>): void {
  const read = async (Key: Key) => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Item && toItem(Item);
  };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const key = WRITES.includes(commandName) ? keyIn(args.input, TableName) : undefined;
        if (key === undefined) return next(args);
        const before = await read(key);
        const result = await next(args);
        const change = changeIn({ source: randomUUID(), at: Date.now(), before, after: await read(key) });
        if (change !== undefined) await log.append(change).catch(unlogged);
        return result;
      },
    { step: 'initialize', name: 'watchAccess' },
  );
}

type Key = Record<string, AttributeValue>;

function keyIn(input: unknown, table: string): Key | undefined {
  if (!isFields(input) || input.TableName !== table) return undefined;
  const place = input.Item ?? input.Key;
  if (!isFields(place)) return undefined;
  const [pk, sk] = [place.pk, place.sk];
  return isText(pk) && isText(sk) ? { pk, sk } : undefined;
}

const isText = (value: unknown): value is AttributeValue.SMember => isFields(value) && typeof value.S === 'string';

function unlogged(cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    `The change is made, but it is not in the audit log: ${message}. Was the gateway here started before there was such a log? Start it again.`,
    { cause },
  );
}
