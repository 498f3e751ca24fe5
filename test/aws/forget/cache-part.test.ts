import { paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { cachePart } from '../../../lib/aws/forget/cache-part.ts';
import { dynamoRepeats } from '../../../lib/aws/repeats.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import type { Claim } from '../../../lib/repeats.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { timer } from '../../support/timer.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 3 });
afterAll(() => client.destroy());
const now = Date.now();
const repeats = dynamoRepeats({
  brisk: client,
  timeoutMs: 10_000,
  patient: client,
  persistence: { timer, now: () => now, forMs: 10_000 },
  table: localTableNames.cache,
  partBytes: 10,
});
const claimOf = (tenant: string, owner: string): Claim => ({
  tenant,
  keyId: 'key_1',
  name: `name of ${owner}`,
  request: 'one',
  owner,
});
const answer = { status: 200, headers: {}, body: 'An answer of several parts, for a part has ten bytes.' };
const kept = async (claim: Claim) => {
  await repeats.claim(claim, 30_000);
  await repeats.keep(claim, answer);
};
const places = async () => {
  const scan = { TableName: localTableNames.cache, ProjectionExpression: 'pk, sk' };
  return JSON.stringify(await Array.fromAsync(paginateScan({ client }, scan)));
};
const { count, forget } = cachePart(client, localTableNames, () => now);
const last = async (told: AsyncIterable<unknown>) => (await Array.fromAsync(told)).at(-1);

test('an answer for an idempotency-key goes with all its parts, and with it no other’s', async () => {
  for (const tenant of ['acme', 'acme-2']) await kept(claimOf(tenant, `req_${tenant}`));
  expect(await last(count({ by: 'tenant', tenant: 'acme' }))).toEqual({ answers: 0, repeats: 1 });
  expect(await last(forget({ by: 'tenant', tenant: 'acme' }))).toEqual({ answers: 0, repeats: 1 });
  const left = await places();
  expect(left).not.toContain('"idem#acme#');
  expect(left).not.toContain('part#req_acme#');
  const again = { ...claimOf('acme-2', 'req_acme-2'), owner: 'req_again' };
  expect(await repeats.claim(again, 1)).toEqual({ state: 'done', owner: 'req_acme-2', answer });
});

test('a call under way keeps its claim, and the parts that it may be writing; one that died keeps no parts', async () => {
  const [going, died] = [claimOf('busy', 'req_going'), claimOf('busy', 'req_died')];
  await repeats.claim(going, 30_000);
  await repeats.claim(died, 0);
  for (const { owner, name } of [going, died])
    await tables.put('cache', { pk: `idem#busy#key_1#${name}`, sk: `part#${owner}#000`, part: Buffer.from('words') });
  expect(await last(forget({ by: 'tenant', tenant: 'busy' }))).toEqual({ answers: 0, repeats: 0 });
  const left = await places();
  expect(left).toContain('part#req_going#000');
  expect(left).not.toContain('part#req_died#000');
  await repeats.keep(going, answer);
  expect(await last(forget({ by: 'tenant', tenant: 'busy' }))).toEqual({ answers: 0, repeats: 1 });
});
