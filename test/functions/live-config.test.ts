import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, scratch, startGateway } from '../support/gateway.ts';
import { sluice } from '../support/sluice.ts';
import { startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

/** What any gateway may take to go by a new version. */
const PROMISED_MS = 30_000;

const { folder, remove } = scratch();
const dataDir = `${folder}/data`;
let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await startUpstream(wholeAnswer('Hi'));
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  remove();
});

/** A configuration with a provider of ours and these names for its model. */
const configured = (...aliases: string[]) => ({
  providers: { lab: { kind: 'openai-compatible', baseUrl: upstream.baseUrl, allowPrivate: true } },
  prices: { 'lab/*': { input: 1, output: 2 } },
  models: Object.fromEntries(aliases.map((alias) => [alias, 'lab/m'])),
});

const ask = (model: string) =>
  fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
const statusOf = async (model: string) => (await ask(model)).status;

async function config(...words: string[]): Promise<{ readonly version: number; readonly text: string }> {
  const { code, stdout, stderr } = await sluice(['--local', '--json', 'config', ...words], dataDir);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

/** Calls of a model, one after the other, are answered so before the promised time is over. */
const becomes = (model: string, status: number) =>
  expect.poll(() => statusOf(model), { timeout: PROMISED_MS, interval: 250 }).toBe(status);

describe('a running gateway', () => {
  test('goes by a version that is applied, and by one that is taken back, within thirty seconds', {
    timeout: 120_000,
  }, async () => {
    gateway = await startGateway(dataDir, configured());
    expect(gateway.output()).toContain('config     version 1');
    expect(await statusOf('swift')).toBe(404);

    const file = `${folder}/applied.json`;
    writeFileSync(file, JSON.stringify(configured('swift')));
    expect(await config('apply', file)).toMatchObject({ version: 2, changes: ['models.swift (new)'] });
    await becomes('swift', 200);

    expect(await config('rollback')).toMatchObject({ version: 3 });
    await becomes('swift', 404);
  });

  test('keeps what was applied over a restart, unless its file has changed meanwhile', {
    timeout: 120_000,
  }, async () => {
    await config('rollback', '2');
    await gateway.stop();
    gateway = await startGateway(dataDir, configured());
    expect(gateway.output()).toContain('config     version 4');
    expect(await statusOf('swift')).toBe(200);

    await gateway.stop();
    gateway = await startGateway(dataDir, configured('brisk'));
    expect(gateway.output()).toContain('config     version 5');
    expect([await statusOf('brisk'), await statusOf('swift')]).toEqual([200, 404]);
    expect(JSON.parse((await config('get')).text)).toEqual(configured('brisk'));
  });
});
