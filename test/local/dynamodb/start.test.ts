import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createTables } from '../../../lib/aws/create-tables.ts';
import { writeAddress } from '../../../lib/local/dynamodb/address.ts';
import { findDatabase } from '../../../lib/local/dynamodb/find.ts';
import { startDatabase } from '../../../lib/local/dynamodb/start.ts';
import { clientOf, database, databaseWithTables, dataFolder, get, pidOf, program, put } from './house.ts';

test('a folder that another gateway uses is refused, with what to do', { timeout: 15_000 }, async () => {
  const { dataDir, client } = await databaseWithTables();
  await expect(startDatabase({ dataDir, program })).rejects.toThrow(
    `Another gateway is using the data folder ${dataDir}. Stop it, or set SLUICE_DATA_DIR to another folder.`,
  );
  await put(client, 'a', { spent: { N: '1' } });
});

test('two databases run side by side on two folders', async () => {
  const [one, two] = await Promise.all([databaseWithTables(), databaseWithTables()]);
  await put(one.client, 'a', { spent: { N: '1' } });
  expect(await get(two.client, 'a')).toBeUndefined();
  expect(await get(one.client, 'a')).toMatchObject({ spent: { N: '1' } });
});

test('a killed database is started again on the same port, with its items', async () => {
  const { client, dataDir, endpoint } = await databaseWithTables();
  await put(client, 'a', { spent: { N: '7' } });
  const killed = await pidOf(dataDir);
  process.kill(killed, 'SIGKILL');
  await expect.poll(() => findDatabase(dataDir), { timeout: 5000 }).toBe(endpoint);
  expect(await pidOf(dataDir)).not.toBe(killed);
  expect(await get(client, 'a')).toMatchObject({ spent: { N: '7' } });
});

test('a database that keeps dying is given up', { timeout: 30_000 }, async () => {
  const { dataDir, exited } = await database();
  let killed = 0;
  const kill = async () => {
    if ((await findDatabase(dataDir)) === undefined) return;
    process.kill(await pidOf(dataDir), 'SIGKILL');
    killed += 1;
  };
  await expect.poll(() => kill().then(() => killed), { timeout: 20_000 }).toBe(6);
  expect(await exited).toEqual({ stopped: false, reason: 'signal SIGKILL' });
});

test('a database ends with its killed parent, and a new one has its items', async () => {
  const dataDir = await dataFolder();
  const parent = spawn(process.execPath, [fileURLToPath(new URL('parent.ts', import.meta.url)), dataDir]);
  const [line] = await once(parent.stdout, 'data');
  const orphan = clientOf(String(line).trim());
  await createTables(orphan);
  await put(orphan, 'a', { spent: { N: '7' } });
  // The database never closes a connection itself, so this one lasts as long as its process.
  const lifeline = connect(Number(new URL(String(line)).port), '127.0.0.1');
  await once(lifeline, 'connect');
  const ended = once(lifeline.resume(), 'close');

  parent.kill('SIGKILL');
  const { client } = await database({ dataDir });
  await ended;
  expect(await get(client, 'a')).toMatchObject({ spent: { N: '7' } });
});

test('SIGINT and SIGTERM are for the gateway, not for its database', async () => {
  const { client, dataDir, endpoint } = await databaseWithTables();
  const pid = await pidOf(dataDir);
  process.kill(pid, 'SIGINT');
  process.kill(pid, 'SIGTERM');
  await put(client, 'a', { spent: { N: '1' } });
  expect(await findDatabase(dataDir)).toBe(endpoint);
  expect(await pidOf(dataDir)).toBe(pid);
});

test('a stopped database leaves no process and no address behind', async () => {
  const { dataDir, stop, exited } = await database();
  const pid = await pidOf(dataDir);
  await stop();
  expect(await exited).toEqual({ stopped: true });
  expect(alive(pid)).toBe(false);
  expect(await readdir(dataDir)).toEqual(['dynamodb']);
});

test('an address that a crash left behind finds nothing', async () => {
  const { dataDir, endpoint } = await database();
  const other = await dataFolder();
  await writeFile(join(other, 'dynamodb.json'), JSON.stringify({ endpoint, pid: 1 }));
  expect(await findDatabase(other)).toBeUndefined();
  expect(await findDatabase(join(dataDir, 'nowhere'))).toBeUndefined();
});

test('a database that is slow to answer is there, and one that does not answer is not said to be absent', async () => {
  const dataDir = await dataFolder();
  let answerMs = 1_500;
  const server = createServer((_, response) => {
    setTimeout(() => response.end(JSON.stringify({ pid: process.pid })), answerMs).unref();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeAddress(dataDir, { endpoint, pid: process.pid });
  expect(await findDatabase(dataDir)).toBe(endpoint);
  answerMs = 60_000;
  await expect(findDatabase(dataDir, 200)).rejects.toThrow(`${endpoint} does not answer within 0.2 seconds`);
});

test('a data folder that is a file is refused by name', async () => {
  const path = join(await dataFolder(), 'taken');
  await writeFile(path, '');
  await expect(startDatabase({ dataDir: path, program })).rejects.toThrow(
    /cannot use the data folder .*taken .*set SLUICE_DATA_DIR/,
  );
});

// Nothing is forbidden to root.
test.skipIf(process.getuid?.() === 0)('a data folder that cannot be written is refused by name', async () => {
  const dataDir = await dataFolder();
  await chmod(dataDir, 0o500);
  await expect(startDatabase({ dataDir, program })).rejects.toThrow(/EACCES.*set SLUICE_DATA_DIR/);
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
