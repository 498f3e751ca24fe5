import { afterAll, expect, test } from 'vitest';
import { demoKey, type Gateway, scratch, startGateway } from '../support/gateway.ts';
import { sluice } from '../support/sluice.ts';

const { folder, remove } = scratch();
let gateway: Gateway | undefined;
afterAll(async () => {
  await gateway?.stop();
  remove();
});

test('what a gateway here makes at its first start is in the log, and nothing at its second', async () => {
  const listed = async () =>
    JSON.parse((await sluice(['--local', 'audit', 'list', '--json'], `${folder}/data`)).stdout);
  gateway = await startGateway(`${folder}/data`, { models: { fast: 'sluice/echo' } });
  const first = await listed();
  expect(first).toMatchObject([
    { action: 'key.create', after: { tenant: 'demo', name: 'demo' }, reason: 'the gateway here was started' },
    { action: 'tenant.create', subject: 'tenant demo', principal: expect.stringMatching(/^local:/) },
    { action: 'config.apply', after: { version: 1 } },
    { action: 'config.create-history', principal: expect.stringMatching(/^local:/), after: { version: 1 } },
  ]);
  expect(JSON.stringify(first)).not.toContain(demoKey);
  await gateway.stop();
  gateway = await startGateway(`${folder}/data`, { models: { fast: 'sluice/echo' } });
  expect(await listed()).toEqual(first);
});
