import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoAccess } from '../../lib/aws/access.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import type { Access } from '../../lib/world.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
let client: DynamoDBClient;
let access: Access;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`);
  client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_000, tries: 2 });
  access = dynamoAccess(client, localTableNames, 2_000);
});
afterAll(async () => {
  client?.destroy();
  await tables?.stop();
  remove();
});
const put = (item: object) =>
  client.send(new PutItemCommand({ TableName: localTableNames.access, Item: marshall(item) }));

describe('an operator', () => {
  test('creates a tenant once', async () => {
    expect(await tables.admin.tenantExists('acme')).toBe(false);
    expect(await tables.admin.createTenant('acme')).toBe(true);
    expect(await tables.admin.createTenant('acme')).toBe(false);
    expect(await tables.admin.tenantExists('acme')).toBe(true);
    expect(await tables.admin.tenants()).toEqual(expect.arrayContaining(['acme', 'demo']));
  });

  test('creates keys that are all different and stored nowhere', async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, () => tables.admin.createKey({ tenant: 'demo', name: 'ci' })),
    );
    for (const { key } of keys) expect(key).toMatch(/^sk-sluice-[\w-]{43}$/);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(20);
    const item = await tables.item('access', `key#${keyHash(keys[0]?.key ?? '')}`, 'key');
    expect(item).toMatchObject({
      v: 1,
      id: keys[0]?.id,
      tenant: 'demo',
      name: 'ci',
      created: expect.stringMatching(/Z$/),
    });
    expect(JSON.stringify(item)).not.toContain(keys[0]?.key);
  });

  test('gives a chosen secret to one key only', async () => {
    expect((await tables.admin.createKey({ tenant: 'demo' }, 'chosen')).created).toBe(true);
    expect((await tables.admin.createKey({ tenant: 'acme' }, 'chosen')).created).toBe(false);
    expect((await access.find(keyHash('chosen')))?.tenant).toBe('demo');
  });

  test('is told when there is no such key to revoke', async () => {
    expect(await tables.admin.revokeKey('key_nothing')).toBe(false);
  });

  test('revokes a key although another is set up wrongly, and the wrong one too', async () => {
    const { id, key } = await tables.admin.createKey({ tenant: 'demo' });
    await put({ pk: `key#${keyHash('wrong')}`, sk: 'key', id: 'key_wrong', tenant: 'demo', budget: 5 });
    expect(await tables.admin.revokeKey(id)).toBe(true);
    expect((await access.find(keyHash(key)))?.revoked).toBe(true);
    expect(await tables.admin.revokeKey('key_wrong')).toBe(true);
  });
});
