import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { auditLog } from '../../lib/aws/audit-log.ts';
import { createTables } from '../../lib/aws/create-tables.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { toContent } from '../../lib/config/content.ts';
import { findDatabase } from '../../lib/local/dynamodb/find.ts';
import { startDatabase } from '../../lib/local/dynamodb/start.ts';
import { startOpening } from '../../lib/local/opening.ts';
import { asking, ledgerAt, scope } from '../support/ledgers.ts';
import { reading } from '../support/tables.ts';
import { clientOf, dataFolder, pidOf } from './dynamodb/house.ts';

const program = fileURLToPath(new URL('../../lib/local/beside.ts', import.meta.url));

/** The database of a gateway that is starting. */
async function started() {
  const dataDir = await dataFolder();
  const database = await startDatabase({ dataDir, program });
  onTestFinished(() => database.stop());
  return { ...database, dataDir, client: clientOf(database.endpoint) };
}

/** What a gateway that starts asks. */
function opened() {
  const opening = startOpening(program);
  onTestFinished(() => opening.end());
  return opening;
}

test('a house is opened from beside: its tables, its configuration and its first key, each change logged', async () => {
  const { endpoint, client } = await started();
  const opening = opened();
  await opening.makeTables(endpoint);
  expect(await opening.inForce()).toBeUndefined();
  expect(await opening.adopt(toContent('models: { fast: groq/m }\n'), 'file')).toBe(1);
  expect(await opening.inForce()).toMatchObject({ version: 1, json: '{"models":{"fast":"groq/m"}}' });
  expect(await opening.seed('my own key')).toBe('my own key');
  expect(await opening.seed(undefined)).toBeUndefined();
  const pages = await Array.fromAsync(auditLog(client, auditTable.localName).oldestFirst());
  expect(pages.flat().map(({ entry }) => entry?.action)).toEqual([
    'config.create-history',
    'config.apply',
    'tenant.create',
    'key.create',
  ]);
});

test('what cannot be opened is told in the words that say what to do', async () => {
  const { endpoint } = await started();
  const opening = opened();
  await opening.makeTables(endpoint);
  await expect(opening.seed('clé')).rejects.toThrow(/^SLUICE_DEMO_KEY must be printable ASCII/);
  expect(await opening.seed('key')).toBe('key'); // and it still answers
});

test('a gateway does not wait for an opening that is gone', async () => {
  const opening = startOpening(fileURLToPath(new URL('./nowhere.ts', import.meta.url)));
  await expect(opening.inForce()).rejects.toThrow('What opens the local database ended');
  opening.end();
});

test('calls that nobody ended are ended beside the database, also by one that was started again', {
  timeout: 40_000,
}, async () => {
  const { endpoint, dataDir, client } = await started();
  await createTables(client);
  const { spent } = reading(client);
  const abandoned = async (id: string) => {
    const dead = ledgerAt(endpoint, { holdMs: 1 });
    const tenant = scope('tenant', id, { budgets: { day: 1_000 }, rates: {} });
    await dead.ledger.reserve(asking(`req_${id}`, [tenant], 400, { at: Date.now() - 1_000 }));
    dead.close();
    return tenant.id;
  };
  const first = await abandoned('first');
  await expect.poll(() => spent(first), { timeout: 15_000 }).toMatchObject({ total: 400, item: { live: 0 } });

  const killed = await pidOf(dataDir);
  process.kill(killed, 'SIGKILL');
  await expect.poll(() => findDatabase(dataDir), { timeout: 5_000 }).toBe(endpoint);
  expect(await pidOf(dataDir)).not.toBe(killed);
  const second = await abandoned('second');
  await expect.poll(() => spent(second), { timeout: 15_000 }).toMatchObject({ total: 400, item: { live: 0 } });
});
