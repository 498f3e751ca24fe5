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
  const ttl = NOON / 1000 + 400 * 86_400;
  expect(await tables.item('audit', 'audit', '2026-11-26#000001')).toMatchObject({ ttl, hash: first.hash });
  now += 3 * 86_400_000;
  await log.append(changeAt(now));
  const places = async (pages: AsyncIterable<readonly { readonly place: string }[]>) =>
    (await Array.fromAsync(pages)).flat().map(({ place }) => place);
  expect(await places(log.oldestFirst())).toEqual(['2026-11-26#000001', '2026-11-26#000002', '2026-11-29#000001']);
  expect(await places(log.newestFirst('2026-11-27'))).toEqual(['2026-11-29#000001']);
});

test('an entry whose answer was lost is told all the same', async () => {
  const unlucky = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 3 });
  const now = NOON + 10 * 86_400_000;
  const told: string[] = [];
  let lost = false;
  unlucky.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName !== 'PutItemCommand' || lost) return answer;
        lost = true;
        throw Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET' });
      },
    { step: 'deserialize', priority: 'high', name: 'losing' },
  );
  const log = auditLog(unlucky, auditTable.localName, { now: () => now, tell: ({ hash }) => told.push(hash) });
  await auditLog(client, auditTable.localName, { now: () => now }).append(changeAt(now)); // and the day before has ended
  const { hash } = await log.append(changeAt(now + 1));
  expect([lost, told]).toEqual([true, [hash]]);
  unlucky.destroy();
});

test('an entry costs few readings, however many were written in the last minutes', async () => {
  const counted = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 3 });
  let queries = 0;
  counted.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'QueryCommand') queries++;
        return next(args);
      },
    { step: 'initialize', name: 'counted' },
  );
  const at = NOON + 20 * 86_400_000;
  const log = auditLog(counted, auditTable.localName, { now: () => at });
  for (let each = 0; each < 120; each++) await log.append({ ...changeAt(at), source: `burst ${each}` });
  queries = 0;
  const again = await log.append({ ...changeAt(at), source: 'burst 0' });
  expect([again.number, queries]).toEqual([1, 2]);
  counted.destroy();
});
