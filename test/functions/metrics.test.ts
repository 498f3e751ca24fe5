import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bundle } from '../../esbuild.config.ts';
import { type Deployed, startDeployed } from '../support/deployed.ts';
import { openHouse } from '../support/door.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { refusal, startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

const { folder, remove } = scratch();
const CANARY = 'canary words of a prompt';

let tables: Tables;
let upstream: Upstream;
let gateway: Deployed;
beforeAll(async () => {
  [tables, upstream] = await Promise.all([startTables(`${folder}/data`), startUpstream(), bundle('gateway-web')]);
  const lab = { kind: 'openai-compatible', baseUrl: upstream.baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' };
  const config = { providers: { lab }, prices: { 'lab/*': { input: 1, output: 2 } } };
  gateway = await startDeployed({ folder, endpoint: tables.endpoint, config });
});
afterAll(async () => {
  gateway?.kill('SIGTERM');
  await gateway?.exited;
  await Promise.all([upstream?.close(), tables?.stop()]);
  remove();
});

const ask = async (key: string) => {
  const answer = await fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-sluice-user': 'bob' },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: CANARY }] }),
  });
  await answer.text();
  return answer;
};
const last = () => gateway.metrics().at(-1);

test('a deployed gateway prints each call, each failure and each refusal as metrics, and nothing of what was said', async () => {
  await tables.admin.createTenant('acme', { rates: { rpm: 2 } });
  const { key, id } = await tables.admin.createKey({ tenant: 'acme' });

  upstream.answerWith(wholeAnswer(`${CANARY}, answered`));
  const answered = await ask(key);
  const request = answered.headers.get('x-request-id');
  await expect.poll(last).toMatchObject({ id: request, tenant: 'acme', keyId: id, user: 'bob', Calls: 1 });
  expect(last()).toMatchObject({
    provider: 'lab',
    model: 'm',
    PromptTokens: 10,
    CompletionTokens: 3,
    CostUsd: 0.000016,
  });

  upstream.answerWith(refusal(400, { message: `${CANARY} with ${key} is not allowed` }));
  expect((await ask(key)).status).toBe(400);
  await expect.poll(last).toMatchObject({ Errors: 1, CallerErrors: 1, errorCode: 'invalid_request_error', CostUsd: 0 });

  expect((await ask(key)).status).toBe(429);
  await expect.poll(last).toMatchObject({ RefusedRequests: 1, tenant: 'acme', scope: 'tenant' });

  expect(gateway.metrics()).toHaveLength(3);
  const all = JSON.stringify(gateway.metrics());
  for (const secret of [CANARY, key, 'sk-lab', 'answered']) expect(all).not.toContain(secret);
});

test('a gateway on a laptop prints none of it: its log has a line for each call already', async () => {
  const house = await openHouse();
  const lines: string[] = [];
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  try {
    const { tenant, key } = await house.keyOf({ rates: { rpm: 1 } });
    expect([(await house.ask(key)).status, (await house.ask(key)).status]).toEqual([200, 429]);
    await expect.poll(() => house.tables.calls(tenant)).toHaveLength(1);
    await house.door.close(1_000); // when all that comes after an answer is done
  } finally {
    written.mockRestore();
    await house.close();
  }
  expect(lines.filter((line) => line.includes('_aws'))).toEqual([]);
});
