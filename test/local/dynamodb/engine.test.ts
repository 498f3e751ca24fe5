import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answer } from '../../../lib/local/dynamodb/answer.ts';
import { openEngine } from '../../../lib/local/dynamodb/engine.ts';
import { startDatabase } from '../../../lib/local/dynamodb/start.ts';
import { databaseWithTables, dataFolder, get, pidOf, program, put } from './house.ts';

test('a failure that nobody caught fails the work under way and spares the next', async () => {
  const engine = await openEngine(await dataFolder());
  onTestFinished(engine.close);
  const stuck = engine.use(() => new Promise(() => {}));
  const failed = expect(stuck).rejects.toThrow('of dynalite');
  await Promise.resolve();
  await engine.recover(new Error('a mistake of dynalite'));
  await failed;
  expect(await engine.use((store) => answer(store, 'ListTables', {}))).toMatchObject({ status: 200 });
});

test('work under way is done when it closes, and work that comes then is refused', async () => {
  const engine = await openEngine(await dataFolder());
  const end = Promise.withResolvers<string>();
  const underWay = engine.use(() => end.promise);
  await Promise.resolve();
  const closed = engine.close();
  await expect(engine.use((store) => answer(store, 'ListTables', {}))).rejects.toThrow('is closing');
  end.resolve('done');
  expect(await underWay).toBe('done');
  await closed;
});

test('a mistake of dynalite does not end the process', async () => {
  const onSignal = "process.on('SIGUSR2', () => { throw new Error('a mistake of dynalite') })";
  vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(onSignal)}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { client, dataDir } = await databaseWithTables();
  const pid = await pidOf(dataDir);
  await put(client, 'a', { spent: { N: '7' } });
  process.kill(pid, 'SIGUSR2');
  await expect.poll(() => get(client, 'a')).toMatchObject({ spent: { N: '7' } });
  expect(await pidOf(dataDir)).toBe(pid);
});

test('a port that another program has is refused by its number', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startDatabase({ dataDir: await dataFolder(), port, program })).rejects.toThrow(`127.0.0.1:${port}`);
});
