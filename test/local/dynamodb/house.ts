import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DynamoDB, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import { createTables } from '../../../lib/aws/create-tables.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { readAddress } from '../../../lib/local/dynamodb/address.ts';
import { startDatabase } from '../../../lib/local/dynamodb/start.ts';

export const program = fileURLToPath(new URL('../../../lib/local/dynamodb/main.ts', import.meta.url));

/** A data folder for one test. */
export async function dataFolder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** A database for one test, with no tables yet. */
export async function database(options: { readonly dataDir?: string; readonly sweepMs?: number } = {}) {
  const dataDir = options.dataDir ?? (await dataFolder());
  const running = await startDatabase({ ...options, dataDir, program });
  onTestFinished(() => running.stop());
  return { ...running, dataDir, client: clientOf(running.endpoint) };
}

/** A database for one test, with the gateway's tables. */
export async function databaseWithTables(options: { readonly dataDir?: string; readonly sweepMs?: number } = {}) {
  const running = await database(options);
  await createTables(running.client);
  return running;
}

/** The gateway's own client, as patient as a local run's. */
export function clientOf(endpoint: string): DynamoDB {
  const client = dynamodb({ endpoint, tryMs: 10_000, tries: 3 });
  onTestFinished(() => client.destroy());
  return client;
}

/** The process id that the data folder names. */
export async function pidOf(dataDir: string): Promise<number> {
  const address = await readAddress(dataDir);
  if (address === undefined) throw new Error(`no database runs on ${dataDir}`);
  return address.pid;
}

export const keyOf = (name: string) => ({ pk: { S: name }, sk: { S: 'counter' } });

export const put = (client: DynamoDB, name: string, attributes: Record<string, { N: string } | { S: string }>) =>
  client.send(new PutItemCommand({ TableName: 'Counters', Item: { ...keyOf(name), ...attributes } }));

export async function get(client: DynamoDB, name: string) {
  const { Item } = await client.send(new GetItemCommand({ TableName: 'Counters', Key: keyOf(name) }));
  return Item;
}
