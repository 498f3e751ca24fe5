import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDB,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { indexesOf, schemaOf } from './table-schema.ts';
import { auditTable, type TableDefinition, tables } from './tables.ts';

const PATIENCE_MS = 10_000;
const POLL_MS = 10;

/** Makes the gateway's tables, and that of the audit log, where they are missing, as the stack would; returns when all can be used. */
export async function createTables(client: DynamoDB): Promise<void> {
  await Promise.all([...Object.values(tables), auditTable].map((table) => ensure(client, table)));
}

async function ensure(client: DynamoDB, table: TableDefinition): Promise<void> {
  if ((await status(client, table)) === undefined) await create(client, table);
  await active(client, table);
  await expire(client, table);
}

async function status(client: DynamoDB, { localName }: TableDefinition): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: localName }));
    return Table?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(client: DynamoDB, table: TableDefinition): Promise<void> {
  const command = new CreateTableCommand({
    TableName: table.localName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: schemaOf(table),
    ...indexesOf(table),
  });
  try {
    await client.send(command);
  } catch (error) {
    // Someone else made it since we looked, or our first try did and its answer was lost.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function active(client: DynamoDB, table: TableDefinition): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await status(client, table)) !== 'ACTIVE') {
    if (performance.now() > deadline) throw new Error(`The table ${table.localName} does not become active.`);
    await setTimeout(POLL_MS);
  }
}

async function expire(client: DynamoDB, table: TableDefinition): Promise<void> {
  if (await expiring(client, table)) return;
  const TimeToLiveSpecification = { AttributeName: table.expiry, Enabled: true };
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName: table.localName, TimeToLiveSpecification }));
  } catch (error) {
    if (!(await expiring(client, table))) throw error; // else as above
  }
}

async function expiring(client: DynamoDB, { localName }: TableDefinition): Promise<boolean> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: localName }));
  return TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED';
}
