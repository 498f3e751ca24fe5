import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { noUsage } from '../../lib/catalog/usage.ts';
import type { CallRecord } from '../../lib/world.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
let client: DynamoDB;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`);
  client = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 3 });
});
afterAll(async () => {
  client?.destroy();
  await tables?.stop();
  remove();
});

const at = Date.UTC(2026, 10, 23, 12);
const usage = { ...noUsage, input: 10, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 5 };
const bill = { usage, nanoDollars: 1_000, estimated: false };

describe('the journal', () => {
  const call: CallRecord = {
    id: 'req_a',
    at,
    tenant: 'noted',
    keyId: 'k',
    endpoint: '/v1/chat/completions',
    stream: false,
    requestedModel: 'lab/m',
    attempts: [{ target: 'lab/m', provider: 'lab', status: 200, ms: 1.5 }],
    status: 'ok',
    bill,
    totalMs: 2.25,
    ownMs: 0.5,
  };

  test('keeps a call whole, under its tenant, for ninety days', async () => {
    await dynamoJournal(client, localTableNames).record({ ...call, metadata: { a: 'b' } });
    expect(await tables.calls('noted')).toEqual([
      { ...call, metadata: { a: 'b' }, pk: 'tenant#noted', sk: 'req_a', v: 1, ttl: at / 1000 + 90 * 86_400 },
    ]);
  });

  test('keeps it as long as is configured', async () => {
    await dynamoJournal(client, localTableNames, 7).record({ ...call, tenant: 'brief' });
    expect(await tables.calls('brief')).toMatchObject([{ ttl: at / 1000 + 7 * 86_400 }]);
  });

  test('finds a call by its tenant and id, as it was written, and no other', async () => {
    const journal = dynamoJournal(client, localTableNames);
    await journal.record({ ...call, tenant: 'found', mark: 'r#req_a', metadata: { a: 'b' } });
    expect(await journal.find('found', 'req_a')).toEqual({ ...call, tenant: 'found', metadata: { a: 'b' } });
    expect(await journal.find('another', 'req_a')).toBeUndefined();
    expect(await journal.find('found', 'req_b')).toBeUndefined();
  });

  test('finds the calls of a feature by its tenant and name together, and says nothing of that', async () => {
    const journal = dynamoJournal(client, localTableNames);
    const featured = { ...call, tenant: 'featured', feature: 'x'.repeat(600) };
    await journal.record(featured);
    await journal.record({ ...featured, id: 'req_b', feature: 'search' });
    const [long, short] = await tables.calls('featured');
    expect(String(long?.featureId)).toMatch(/^feature#featured#[0-9a-f]{64}$/); // a key of a table has an end
    expect(short?.featureId).toBe('feature#featured#search');
    expect(await journal.find('featured', 'req_a')).toEqual(featured);
  });

  test.each(['constructor', 'toString', 'pk', ''])('keeps a call with metadata named %j', async (name) => {
    const metadata = Object.fromEntries([[name, 'S']]);
    await dynamoJournal(client, localTableNames).record({ ...call, tenant: `odd ${name}`, metadata });
    expect(await tables.calls(`odd ${name}`)).toHaveLength(1);
  });
});
