import { afterAll, beforeAll, expect, test } from 'vitest';
import { VECTORS, VECTORS_STACK } from '../../lib/aws/stack.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { scratch } from '../support/gateway.ts';
import { placedOf, vectorsAt } from '../support/vectors.ts';
import { deployedOperator } from './deployed-operator.ts';

const { deployed, called, typed } = deployedOperator();
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
