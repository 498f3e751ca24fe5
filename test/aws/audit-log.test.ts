import { afterAll, expect, test } from 'vitest';
import { auditLog } from '../../lib/aws/audit-log.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { bareTables } from '../support/bare-tables.ts';

const NOON = Date.UTC(2026, 10, 26, 12);
const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 2 });
afterAll(() => client.destroy());

const changeAt = (at: number) => ({
  at: new Date(at).toISOString(),
  principal: 'ada',
  action: 'tenant.create',
  subject: 'tenant acme',
  source: `change of ${at}`,
});

test('an entry is kept as long as somebody said, and read from a day on, one way and the other', async () => {
  let now = NOON;
  const log = auditLog(client, auditTable.localName, { now: () => now, keptDays: 400 });
  const first = await log.append(changeAt(now));
  expect(first.ttl).toBe(NOON / 1000 + 400 * 86_400);
  expect(await tables.item('audit', 'audit', '2026-11-26#000001')).toMatchObject({ ttl: first.ttl, hash: first.hash });
  now += 3 * 86_400_000;
  await log.append(changeAt(now));
  const places = async (pages: AsyncIterable<readonly { readonly place: string }[]>) =>
    (await Array.fromAsync(pages)).flat().map(({ place }) => place);
  expect(await places(log.oldestFirst())).toEqual(['2026-11-26#000001', '2026-11-26#000002', '2026-11-29#000001']);
  expect(await places(log.newestFirst('2026-11-27'))).toEqual(['2026-11-29#000001']);
});
