import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, openaiAt, scratch, startGateway } from '../support/gateway.ts';
import { sluice } from '../support/sluice.ts';
import { readingOf } from '../support/tables.ts';
import { beginStream, event, type Script, startUpstream, type Upstream } from '../support/upstream.ts';

const { folder, remove } = scratch();
let upstream: Upstream;
const running = new Set<Gateway>();
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.stop()));
  await upstream?.close();
  remove();
});

/** At a dollar a million tokens in and two out, in nano-dollars. */
const costOf = ({
  prompt_tokens: input,
  completion_tokens: output,
}: {
  prompt_tokens: number;
  completion_tokens: number;
}) => input * 1_000 + output * 2_000;

/** A provider that takes a while, streams when asked to, and keeps its own account. */
function billing(
  usage: { prompt_tokens: number; completion_tokens: number },
  account: { nanoDollars: number; answered: number },
): Script {
  return ({ body }, response) => {
    account.nanoDollars += costOf(usage);
    account.answered++;
    setTimeout(() => {
      if (body.stream) {
        beginStream(response);
        response.write(event({ content: 'Hi' }));
        const last = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage };
        response.end(`${event({}, 'stop')}data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
      } else {
        const message = { role: 'assistant', content: 'Hi' };
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            id: 'c',
            object: 'chat.completion',
            created: 1,
            model: 'm',
            choices: [{ index: 0, message, finish_reason: 'stop' }],
            usage,
          }),
        );
      }
    }, 40);
  };
}

/** What is tried here is who gets the money, not the ledger's pace: a machine busy with other tests may take longer. */
const unhurried = { timeoutMs: 20_000 };

async function start(name: string, ledger: object = {}): Promise<Gateway> {
  const config = { ...openaiAt(upstream.baseUrl), ledger: { ...unhurried, ...ledger } };
  const gateway = await startGateway(join(folder, name), config, { TEST_PROVIDER_KEY: 'sk-provider' });
  running.add(gateway);
  return gateway;
}

async function operator(gateway: Gateway, ...words: string[]) {
  const { stdout, stderr } = await sluice(['--local', '--json', ...words], gateway.dataDir);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const ask = (gateway: Gateway, key: string, fields: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'openai/m', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
  });

describe('two hundred calls at once on a fresh key', () => {
  test.each([
    ['that cost as much as they may', { prompt_tokens: 21, completion_tokens: 20 }],
    ['that cost a fifth of what they may', { prompt_tokens: 4, completion_tokens: 4 }],
  ])('with money for ten, %s: at least nine are answered, and the provider is never owed more', async (name, usage) => {
    const gateway = await start(name.replaceAll(' ', '-'));
    const account = { nanoDollars: 0, answered: 0 };
    upstream.answerWith(billing(usage, account));
    const ceiling = 21 * 1_000 + 20 * 2_000; // "Hello" and what is around it, and the twenty tokens they ask for
    const budget = Math.max(10 * costOf(usage), ceiling + 9 * costOf(usage));
    await operator(gateway, 'tenants', 'set', 'acme', '--budget-day', String(budget / 1e9));
    const { key } = await operator(gateway, 'keys', 'create', '--tenant', 'acme');
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, call) => {
        const response = await ask(gateway, key, { max_tokens: 20, stream: call % 2 === 0 });
        await response.text();
        return response.status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200).length).toBe(account.answered);
    expect(account.answered).toBeGreaterThanOrEqual(9);
    expect(account.nanoDollars).toBeLessThanOrEqual(budget);
    const tables = await readingOf(gateway.dataDir);
    await expect.poll(async () => (await tables.spent('tenant#acme')).calls).toBe(account.answered);
    expect(await tables.spent('tenant#acme')).toMatchObject({ total: account.nanoDollars, item: { live: 0 } });
    await expect
      .poll(() => operator(gateway, 'usage', '--tenant', 'acme'))
      .toMatchObject({
        calls: account.answered,
        costNanoUsd: account.nanoDollars,
        heldNanoUsd: 0,
      });
    running.delete(gateway);
    expect(await gateway.stop()).toBe(0);
  });
});

describe('two hundred calls at once with money and room for all', () => {
  test('are all answered, though every one must fit into four scopes', async () => {
    const gateway = await start('ample');
    const account = { nanoDollars: 0, answered: 0 };
    const usage = { prompt_tokens: 10, completion_tokens: 10 };
    upstream.answerWith(billing(usage, account));
    const ample = ['--budget-day', '1000', '--budget-month', '9000', '--rpm', '1000000', '--tpm', '1000000000'];
    const more = ['--user-budget-day', '1000', '--feature-budget-day', 'search=1000'];
    await operator(gateway, 'tenants', 'set', 'acme', ...ample, ...more);
    const { key, id } = await operator(gateway, 'keys', 'create', '--tenant', 'acme', ...ample);
    const headers = { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search' };
    const calls = Array.from({ length: 200 }, () => ask(gateway, key, { max_tokens: 20 }, headers));
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
    const tables = await readingOf(gateway.dataDir);
    for (const scope of ['tenant#acme', `key#${id}`, 'user#acme#ann', 'feature#acme#search']) {
      await expect.poll(async () => (await tables.spent(scope)).calls).toBe(200);
      expect(await tables.spent(scope)).toMatchObject({ total: 200 * costOf(usage), item: { live: 0 } });
    }
    running.delete(gateway);
    expect(await gateway.stop()).toBe(0);
  });
});

/** A sweep rests twenty times as long as it took, and the first one after a start takes a second on a busy machine. */
const SWEPT_WITHIN_MS = 90_000;

describe('a gateway that is killed in the middle of calls', () => {
  test('has overspent nothing and lost nothing once its holds are over: each call is booked, or charged and recorded as abandoned', async () => {
    const account = { nanoDollars: 0, answered: 0 };
    const usage = { prompt_tokens: 10, completion_tokens: 10 };
    upstream.answerWith(billing(usage, account));
    const budget = 10_000_000;
    let gateway = await start('killed', { holdSeconds: 2 });
    await operator(gateway, 'tenants', 'set', 'acme', '--budget-day', String(budget / 1e9));
    const { key, id } = await operator(
      gateway,
      'keys',
      'create',
      '--tenant',
      'acme',
      '--budget-day',
      '1',
      '--concurrent',
      '40',
    );
    for (let death = 0; death < 4; death++) {
      const calls = Array.from({ length: 30 }, (_, call) =>
        ask(gateway, key, { max_tokens: 20, stream: call % 2 === 0 })
          .then((response) => response.text())
          .catch(() => 'gone'),
      );
      await calls[death * 7]; // some have their answer by now, some are on their way
      process.kill(serverPid(gateway), 'SIGKILL');
      await Promise.all([gateway.exited, ...calls]);
      running.delete(gateway);
      gateway = await start('killed', { holdSeconds: 2 });
    }
    const tables = await readingOf(gateway.dataDir);
    for (const scope of ['tenant#acme', `key#${id}`])
      await expect.poll(async () => (await tables.spent(scope)).item.live, { timeout: SWEPT_WITHIN_MS }).toBe(0);
    const records = await tables.calls('acme');
    const recorded = records.reduce((sum, { bill }) => sum + (bill as { nanoDollars: number }).nanoDollars, 0);
    for (const scope of ['tenant#acme', `key#${id}`]) {
      const { item, total } = await tables.spent(scope);
      expect(Object.keys(item).filter((name) => name.startsWith('r#'))).toEqual([]);
      expect([scope, total]).toEqual([scope, recorded]);
      expect(total).toBeGreaterThanOrEqual(account.nanoDollars);
      expect(total).toBeLessThanOrEqual(budget);
    }
    expect(records.filter(({ status }) => status === 'abandoned').length).toBeGreaterThan(0);
    expect((await ask(gateway, key, { max_tokens: 20 })).status).toBe(200); // nobody is kept out by the dead
  }, 180_000);
});

/** The server is the process that the database is a child of. */
function serverPid(gateway: Gateway): number {
  const { pid } = JSON.parse(readFileSync(join(gateway.dataDir, 'dynamodb.json'), 'utf8'));
  const [, parent = ''] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(parent);
}
