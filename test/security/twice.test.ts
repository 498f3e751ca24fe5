import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { hubKeys, hubProviders, openHub, says } from '../support/security/hub.ts';

let hub: Awaited<ReturnType<typeof openHub>>;
let house: House;
let key: string;
beforeAll(async () => {
  hub = await openHub();
  hub.answerWith(says(400));
  house = await openHouse({ env: hubKeys, config: { providers: hub.providers, fallback: 'none' } });
  const models = hubProviders.map((name) => `${name}/good`);
  ({ key } = await house.keyOf({ budgets: { day: 100 }, models }));
});
afterAll(async () => {
  await house?.close();
  await hub?.close();
});

/** Fields that decide who answers, and what it may cost. A parser that takes the first would find the other value. */
const twice: Readonly<Record<string, readonly [other: string, ours: string]>> = {
  model: ['"PROVIDER/forbidden"', '"PROVIDER/good"'],
  max_tokens: ['777777', '5'],
  messages: ['[{"role":"user","content":"forbidden"}]', '[{"role":"user","content":"Hello"}]'],
  user: ['"forbidden"', '"ann"'],
  tools: ['[{"type":"function","function":{"name":"forbidden"}}]', '[{"type":"function","function":{"name":"fine"}}]'],
};
/** Messages of a large request may leave in their own words. */
const fillers = ['', 'x'.repeat(20_000)];
const spelled = (name: string) => [name, `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`];

/** All that providers are sent for a body. */
async function leavesOf(body: string): Promise<string> {
  hub.reached.length = 0;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  await (await fetch(`${house.url}/chat/completions`, { method: 'POST', headers, body })).text();
  expect(hub.reached.length).toBeGreaterThan(0);
  return hub.reached.map(({ path, body }) => `${path} ${body}`).join('\n');
}

describe.each(hubProviders)('a request for %s', (provider) => {
  test.each(Object.keys(twice))(
    'that has %s twice leaves with the one that was read, whatever reads it there',
    async (name) => {
      const [other = '', ours = ''] = twice[name] ?? [];
      const usual = Object.entries(twice).filter(([each]) => each !== name && each !== 'tools' && each !== 'user');
      for (const first of spelled(name))
        for (const stream of [false, true])
          for (const filler of fillers) {
            const rest = usual.map(([each, [, value]]) => `"${each}":${value}`);
            const fields = [`"${first}":${other}`, ...rest, `"stream":${stream}`, `"${name}":${ours}`];
            const body = `{${fields.join(',')}}`.replaceAll('PROVIDER', provider).replaceAll('Hello', `Hello${filler}`);
            expect(await leavesOf(body)).not.toMatch(/forbidden|777777/);
          }
    },
  );

  test('that has a field of a message twice leaves with the one that was read', async () => {
    for (const first of spelled('content'))
      for (const filler of fillers) {
        const message = `{"role":"user","${first}":"forbidden","content":"Hello${filler}"}`;
        const left = await leavesOf(`{"model":"${provider}/good","messages":[${message}],"max_tokens":5}`);
        expect(left).not.toContain('forbidden');
        expect(left).toContain('Hello');
      }
  });

  test('that names its model last as one it may not call does not leave', async () => {
    hub.reached.length = 0;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const body = `{"model":"${provider}/good","messages":[{"role":"user","content":"Hello"}],"model":"${provider}/forbidden"}`;
    const response = await fetch(`${house.url}/chat/completions`, { method: 'POST', headers, body });
    expect([response.status, hub.reached]).toEqual([403, []]);
  });
});
