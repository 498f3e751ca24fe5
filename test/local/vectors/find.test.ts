import { afterAll, expect, test } from 'vitest';
import { writeAddress } from '../../../lib/local/dynamodb/address.ts';
import { findVectors } from '../../../lib/local/vectors/find.ts';
import { startVectors } from '../../../lib/local/vectors/start.ts';
import { scratch } from '../../support/gateway.ts';

const { folder, remove } = scratch();
afterAll(() => remove());

test('vectors are found by their folder while they are served', async () => {
  const dataDir = `${folder}/served`;
  expect(await findVectors(dataDir)).toBeUndefined();
  const place = await startVectors({ dataDir });
  expect(await findVectors(dataDir)).toBe(place.endpoint);
  await place.close();
  await expect(findVectors(dataDir)).rejects.toThrow('does not serve them. Stop it and start it anew');
});

test('an address that a killed gateway has left is nobody’s, also where another server has its port', async () => {
  const place = await startVectors({ dataDir: `${folder}/other` });
  const dataDir = `${folder}/left`;
  await (await startVectors({ dataDir })).close();
  await writeAddress(dataDir, { endpoint: place.endpoint, pid: process.pid + 1 }, 'vectors');
  await expect(findVectors(dataDir)).rejects.toThrow('does not serve them');
  await place.close();
});
