import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditLog } from '../../lib/aws/audit-log.ts';
import { logStream } from '../../lib/aws/audit-stream.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { STREAM, streamed } from '../support/streamed.ts';
import { deployedOperator } from './deployed-operator.ts';

const ADA = 'arn:aws:sts::123456789012:assumed-role/Operator/ada';
const { deployed, called, tables, typed } = deployedOperator();

let client: ReturnType<typeof dynamodb>;
beforeAll(() => {
  client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
});
afterAll(() => client?.destroy());

const told = async (...words: string[]) => {
  const { code, stdout, stderr } = await typed(...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};
const tenant = (name: string) => tables().item('access', `tenant#${name}`, 'tenant');

test('an operator of a gateway in AWS leaves in an item who he is to STS, and the stream’s entry says so', async () => {
  deployed({ [`${auditTable.localName}Table`]: auditTable.localName });
  called(ADA);
  await told('tenants', 'set', 'acme', '--budget-day', '5', '--reason', 'a new customer');
  const created = await tenant('acme');
  expect(created).toMatchObject({ changed: { by: ADA, reason: 'a new customer' } });
  await told('tenants', 'set', 'acme', '--budget-day', '9');
  const changed = await tenant('acme');
  expect(JSON.parse(await told('audit', 'list', '--json'))).toEqual([]); // no stream runs here, and he writes no entry

  const log = auditLog(client, auditTable.localName);
  await logStream(
    streamed({ after: created }, { before: created, after: changed }),
    { streamArn: STREAM, log },
    (error) => {
      throw error;
    },
  );
  const listed = JSON.parse(await told('audit', 'list', '--json'));
  expect(listed).toMatchObject([
    { action: 'tenant.change', principal: ADA, after: { budgets: { day: 9 } } },
    { action: 'tenant.create', principal: ADA, reason: 'a new customer' },
  ]);
  expect(await told('tenants', 'get', 'acme', '--json')).not.toContain('arn:');
});

test('a change is made though STS is away: then nobody knows who made it', async () => {
  deployed({ [`${auditTable.localName}Table`]: auditTable.localName });
  called(undefined);
  await told('tenants', 'set', 'urgent');
  expect(await tenant('urgent')).toMatchObject({
    changed: { by: expect.stringMatching(/^unknown \(STS: .*CloudTrail/) },
  });
});

test('a gateway from before there was an audit log gets items as it knows them, and is told to be deployed again', async () => {
  deployed({});
  await told('tenants', 'set', 'old');
  expect(await tenant('old')).not.toHaveProperty('changed');
  for (const words of [
    ['audit', 'list'],
    ['tenants', 'set', 'old', '--rpm', '5', '--reason', 'because'],
  ]) {
    const { code, stderr } = await typed(...words);
    expect([code, stderr]).toEqual([1, expect.stringContaining('deploy it again')]);
  }
  expect(await tenant('old')).not.toHaveProperty('rates');
});
