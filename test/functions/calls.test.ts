import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { labs } from '../support/labs.ts';
import { refusal, startUpstream, type Upstream, usage } from '../support/upstream.ts';

let house: House;
let spare: Upstream;
beforeAll(async () => {
  spare = await startUpstream(answer('Spare.'));
  const { providers } = labs({ spare: spare.baseUrl });
  const models = {
    support: {
      inOrder: [
        {
          split: [
            { share: 100, use: 'lab/m' },
            { share: 0, use: 'spare/n' },
          ],
        },
        'spare/m',
      ],
    },
  };
  house = await openHouse({ config: { version: 7, providers, models } });
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
});

const get = (id: string, key: string) =>
  fetch(`${house.url}/calls/${id}`, { headers: { authorization: `Bearer ${key}` } });
/** A call that was written down, as its key reads it. */
async function read(id: string, key: string): Promise<Record<string, unknown>> {
  await expect.poll(async () => (await get(id, key)).status).toBe(200);
  return JSON.parse(await (await get(id, key)).text());
}

const secret = 'A prompt that nobody may read again';
async function called(key: string, headers = {}): Promise<string> {
  const messages = [{ role: 'user', content: secret }];
  const response = await house.ask(key, { model: 'support', messages, metadata: { run: 'r1' } }, headers);
  expect(response.status).toBe(200);
  await response.text();
  return String(response.headers.get('x-request-id'));
}

describe('a call', () => {
  test('is on record for the key that made it: who, what for, which way it went, and what each attempt cost', async () => {
    house.upstream.answerWith(refusal(503, { message: `down: ${secret}` }));
    const { key, tenant, id: keyId } = await house.keyOf({ budgets: 'none' });
    const id = await called(key, {
      'x-sluice-user': 'ann',
      'x-sluice-feature': 'search',
      'x-sluice-prompt': 'greet@3',
    });
    const record = await read(id, key);
    expect(record).toMatchObject({
      object: 'call',
      id,
      tenant,
      keyId,
      user: 'ann',
      feature: 'search',
      prompt: 'greet@3',
      metadata: { run: 'r1' },
      requestedModel: 'support',
      route: 'support',
      arm: 'support/0/0',
      model: 'spare/m',
      configVersion: 7,
      status: 'ok',
      finish: 'stop',
      cache: 'off',
      cost: 0.000016,
      attempts: [
        { target: 'lab/m', status: 503, blame: 'moment', nanoDollars: 0, estimated: false, usage: {} },
        {
          target: 'spare/m',
          status: 200,
          nanoDollars: 16_000,
          estimated: false,
          usage: { input: usage.prompt_tokens, output: usage.completion_tokens },
        },
      ],
    });
    expect(JSON.stringify(record)).not.toContain('nobody may read');
    for (const ours of ['pk', 'sk', 'ttl', 'featureId']) expect(record).not.toHaveProperty(ours);
  });

  test('is not there for another key, not even of its tenant, nor for none, nor under another id', async () => {
    house.upstream.answerWith(answer('Hi.'));
    const { key, tenant } = await house.keyOf({ budgets: 'none' });
    const { key: second } = await house.tables.admin.createKey({ tenant });
    const id = await called(key);
    await read(id, key);
    for (const [asked, by] of [
      [id, second],
      ['req_none', key],
      ['tenant', key],
      [`${id}%00`, key],
    ] as const) {
      const reply = await get(asked, by);
      expect([reply.status, JSON.parse(await reply.text()).error.code]).toEqual([404, 'not_found']);
    }
    expect((await get(id, 'sk-sluice-none')).status).toBe(401);
  });
});
