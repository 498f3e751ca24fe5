import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { hubKeys, hubProviders, openHub, says } from '../support/security/hub.ts';

let hub: Awaited<ReturnType<typeof openHub>>;
let house: House;
beforeAll(async () => {
  hub = await openHub();
  hub.answerWith(says(400));
  house = await openHouse({ env: hubKeys, config: { providers: hub.providers, fallback: 'none' } });
});
afterAll(async () => {
  await house?.close();
  await hub?.close();
});

/** Asks as some clients write, in ASCII, with a tool that has such a parameter beside another. */
async function ask(key: string, provider: string, name: string): Promise<void> {
  const parameters = `{"type":"object","properties":{"unit":{"type":"string"},"${name}":{"type":"string"}}}`;
  const tools = `[{"type":"function","function":{"name":"look","parameters":${parameters}}}]`;
  const body = `{"model":"${provider}/good","messages":[{"role":"user","content":"Hello"}],"max_tokens":5,"tools":${tools}}`;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  await (await fetch(`${house.url}/chat/completions`, { method: 'POST', headers, body })).text();
}

test.each(hubProviders)('what one tenant sends renames nothing of another’s on its way to %s', async (provider) => {
  const models = hubProviders.map((name) => `${name}/good`);
  const [hostile, honest] = await Promise.all([house.keyOf({ models }), house.keyOf({ models })]);
  await ask(hostile.key, provider, '\\\\');
  hub.reached.length = 0;
  await ask(honest.key, provider, '\\u4e2d');
  expect(hub.reached.length).toBeGreaterThan(0);
  for (const { body } of hub.reached) expect(body.replace('\\u4e2d', '中')).toContain('"中"');
});
