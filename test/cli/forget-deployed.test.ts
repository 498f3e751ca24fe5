import { afterAll, beforeAll, expect, test } from 'vitest';
import { VECTORS, VECTORS_STACK } from '../../lib/aws/stack.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { scratch } from '../support/gateway.ts';
import { placedOf, vectorsAt } from '../support/vectors.ts';
import { callsIn } from './called.ts';
import { deployedOperator } from './deployed-operator.ts';

const { deployed, called, typed, tables } = deployedOperator();
const recorded = callsIn(tables);
const { folder, remove } = scratch();
let vectors: LocalVectors;
beforeAll(async () => {
  vectors = await startVectors({ dataDir: folder });
});
afterAll(async () => {
  await vectors?.close();
  remove();
});

test('the vectors of a gateway in AWS are found by its stack and that of its vectors', async () => {
  deployed({
    [`${auditTable.localName}Table`]: auditTable.localName,
    [VECTORS_STACK]: 'sluice-semantic-cache',
    [VECTORS]: vectors.endpoint,
  });
  called('arn:aws:sts::123456789012:assumed-role/Operator/ada');
  await vectorsAt(vectors.endpoint).add(placedOf('key', { tenant: 'acme' }));
  const { code, stdout, stderr } = await typed('forget', '--tenant', 'acme', '--reason', 'over', '--yes', '--json');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ forgotten: true, vectors: 1, calls: 0 });
});

test('what is where the stack does not tell keeps a user from being forgotten, and no lead to it is lost', async () => {
  deployed({ [`${auditTable.localName}Table`]: auditTable.localName });
  called('arn:aws:sts::123456789012:assumed-role/Operator/ada');
  const capture = { key: 'captures/silent/nobody/req_1.json.gz' };
  const led = { user: 'annabel', capture, cache: 'miss' as const, cacheEmbedder: 'lab/e' };
  await recorded('silent', Date.now(), led);
  await recorded('silent', Date.now(), { user: 'bobby', capture: { failed: true } });
  const forget = (user: string, ...more: readonly string[]) =>
    typed('forget', '--tenant', 'silent', '--user', user, '--reason', 'request 4711', '--yes', ...more);
  const refused = await forget('annabel', '--gone', 'vectors');
  expect([refused.code, refused.stderr]).toEqual([1, '']);
  expect(refused.stdout).toContain('Nothing of user annabel of tenant silent is forgotten.\n');
  expect(refused.stdout).toContain(
    'the prompt is kept of 1 call, and this stack does not tell where. Deploy it with -c captures=true',
  );
  expect(JSON.stringify(await tables().calls('silent'))).toContain(capture.key);
  expect((await forget('bobby')).code).toBe(0);
  const { code, stdout } = await forget('annabel', '--gone', 'vectors', '--gone', 'captures', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ forgotten: true, calls: 1, unreached: { captures: 1, vectors: 1 } });
  expect(JSON.stringify(await tables().calls('silent'))).not.toContain(capture.key);
});
