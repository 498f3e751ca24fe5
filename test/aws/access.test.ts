import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { dynamoAccess } from '../../lib/aws/access.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { remembered } from '../../lib/aws/remembered.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { failureOf } from '../support/bytes.ts';
import { demoKey } from '../support/gateway.ts';
import { nobody } from '../support/server.ts';

import { accessHouse } from './access-house.ts';

const house = accessHouse();
const put = (item: object) =>
  house().client.send(
    new PutItemCommand({ TableName: localTableNames.access, Item: marshall(item, { removeUndefinedValues: true }) }),
  );
let made = 0;
const written: string[] = [];
// A wrong item must not stand in the way of the next test.
afterEach(async () => {
  for (const pk of written.splice(0))
    await house().client.send(
      new DeleteItemCommand({ TableName: localTableNames.access, Key: marshall({ pk, sk: 'key' }) }),
    );
});
/** A key as somebody may have written it by hand; gives back its hash. */
async function keyItem(attributes: object): Promise<string> {
  const hash = keyHash(`secret ${++made}`);
  written.push(`key#${hash}`);
  await put({ pk: `key#${hash}`, sk: 'key', id: `key_${made}`, tenant: 'demo', ...attributes });
  return hash;
}
async function tenantItem(attributes: object): Promise<string> {
  const name = `tenant-${++made}`;
  await put({ pk: `tenant#${name}`, sk: 'tenant', ...attributes });
  return name;
}

describe('a key in the table', () => {
  test('leads to its tenant', async () => {
    expect(await house().access.find(keyHash(demoKey))).toEqual({
      tenant: 'demo',
      keyId: expect.stringMatching(/^key_/),
      keyName: 'demo',
      allowed: [],
      featureModels: {},
      featureRedactions: {},
      featureGuards: {},
      requires: [],
      revoked: false,
      limits: { tenant: { budgets: {}, rates: {} }, key: { rates: {} }, user: { rates: {} }, features: {} },
      priority: 'standard',
      timezone: 'UTC',
    });
  });

  test('carries what was written by hand, of the key and of its tenant', async () => {
    const tenant = await tenantItem({ models: ['lab/*'] });
    const hash = await keyItem({
      tenant,
      models: ['lab/m'],
      feature: 'search',
      expires: '2027-01-31T12:00:00+01:00',
      revoked: true,
    });
    expect(await house().access.find(hash)).toMatchObject({
      tenant,
      feature: 'search',
      allowed: [['lab/m'], ['lab/*']],
      expiresAt: Date.UTC(2027, 0, 31, 11),
      revoked: true,
    });
    expect((await house().access.find(await keyItem({ revoked: false })))?.revoked).toBe(false);
    expect((await house().access.find(await keyItem({ revoked: '2026-01-01T00:00:00Z' })))?.revoked).toBe(true);
    expect((await house().access.find(await keyItem({ models: [] })))?.allowed).toEqual([[]]);
  });

  test('that nobody wrote, or whose tenant nobody wrote, leads to nobody', async () => {
    expect(await house().access.find(keyHash('nobody'))).toBeUndefined();
    expect(await house().access.find('')).toBeUndefined();
    expect(await house().access.find(await keyItem({ tenant: 'missing' }))).toBeUndefined();
  });

  test.each([
    ['tenant', { tenant: 7 }],
    ['tenant', { tenant: undefined }],
    ['id', { id: undefined }],
    ['expires', { expires: 'tomorrow' }],
    ['expires', { expires: '2027-01-31' }],
    ['expires', { expires: '2027-02-30T00:00:00Z' }],
    ['expires', { expires: 1_800_000_000 }],
    ['expires', { expires: null }],
    ['revoked', { revoked: 'yes' }],
    ['revoked', { revoked: 1 }],
    ['models', { models: 'lab/*' }],
    ['models', { models: [7] }],
    ['budget', { budget: 5 }],
    ['Models', { Models: ['lab/*'] }],
    ['name', { name: ['x'] }],
    ['ttl', { ttl: 1 }],
  ])('whose %s is wrong lets nobody in, and says which attribute it is: %j', async (attribute, wrong) => {
    expect(await failureOf(house().access.find(await keyItem(wrong)))).toMatchObject({
      code: 'gateway_unavailable',
      status: 503,
      message: expect.stringMatching(new RegExp(`attribute ${attribute}[ .]`)),
    });
  });

  test('is seen to be revoked within four seconds, by the clock passed in', async () => {
    let now = 0;
    const remembering = remembered(house().access, () => now);
    const { id, key } = await house().tables.admin.createKey({ tenant: 'demo' });
    expect((await remembering.find(keyHash(key)))?.revoked).toBe(false);
    expect(await house().tables.admin.revokeKey(id)).toBe(true);
    now = 4_000;
    expect((await remembering.find(keyHash(key)))?.revoked).toBe(true);
  });
});

describe('a table that cannot be asked', () => {
  test('lets nobody in, and says so within its time', async () => {
    const release = house().tables.hold();
    const impatient = dynamoAccess(house().client, localTableNames, 200);
    const startedAt = performance.now();
    const error = await failureOf(impatient.find(keyHash(demoKey)));
    release();
    expect(error).toMatchObject({ code: 'gateway_unavailable', status: 503, blame: 'moment', source: 'gateway' });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(await house().access.find(keyHash(demoKey))).toBeDefined();
  });

  test('has one deadline for key and tenant together', async () => {
    const watched = dynamodb({ endpoint: house().tables.endpoint, tryMs: 2_000, tries: 2 });
    const { requestHandler } = watched.config;
    const handle = requestHandler.handle.bind(requestHandler);
    const deadlines: unknown[] = [];
    requestHandler.handle = (request, options) => {
      deadlines.push(options && 'abortSignal' in options ? options.abortSignal : undefined);
      return handle(request, options);
    };
    await dynamoAccess(watched, localTableNames, 2_000).find(keyHash(demoKey));
    watched.destroy();
    expect(deadlines).toEqual([expect.any(AbortSignal), expect.any(AbortSignal)]);
    expect(deadlines[0]).toBe(deadlines[1]);
  });

  test('because nobody is there, or because it is not there, lets nobody in', async () => {
    const lost = dynamodb({ endpoint: await nobody(), tryMs: 500, tries: 1 });
    const other = { ...localTableNames, access: 'Elsewhere' };
    for (const each of [dynamoAccess(lost, localTableNames, 2_000), dynamoAccess(house().client, other, 2_000)])
      expect(await failureOf(each.find(keyHash(demoKey)))).toMatchObject({ code: 'gateway_unavailable' });
    lost.destroy();
  });
});
