import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../esbuild.config.ts';
import { type House, openHouse } from '../support/door.ts';
import { fromUrl } from '../support/events.ts';
import { scratch } from '../support/gateway.ts';
import { lambdaGateway } from '../support/lambda-gateway.ts';
import { type Runtime, startRuntime } from '../support/ric/start-runtime.ts';
import { claudeSays } from '../support/security/claude.ts';
import { evil, leaked } from '../support/security/evil-headers.ts';
import { ending, event, type Script, startUpstream, type Upstream, usage } from '../support/upstream.ts';

const { folder, remove } = scratch();
let house: House;
let claude: Upstream;
let runtime: Runtime;
beforeAll(async () => {
  [claude] = await Promise.all([startUpstream(), bundle('gateway')]);
  const anthropic = { baseUrl: claude.baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' };
  house = await openHouse({ config: { providers: { anthropic } } });
  runtime = await startRuntime(lambdaGateway(folder, house.tables, house.upstream, { defaults: { fallback: 'none' } }));
});
afterAll(async () => {
  await runtime?.stop();
  await house?.close();
  await claude?.close();
  remove();
});

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage,
};

/** Answers with all that is evil in its headers. */
const evilly =
  (status: number, type: string, body: string): Script =>
  (_, response) =>
    void response.writeHead(status, { ...evil, 'content-type': type }).end(body);

const answers: Readonly<Record<string, Script>> = {
  'a whole answer': evilly(200, 'application/json', JSON.stringify(completion)),
  'a stream': evilly(200, 'text/event-stream', event({ content: 'Hi' }) + ending),
  'a page': evilly(200, 'text/html', '<b>evil</b>'),
  ...Object.fromEntries(
    [302, 400, 401, 403, 404, 407, 429, 500, 503].map((status) => [
      `a ${status}`,
      evilly(status, 'application/json', '{"error":{"message":"No."}}'),
    ]),
  ),
};

describe.each(Object.entries(answers))('of %s', (_, script) => {
  test.each([false, true])(
    'no header of the provider reaches a caller of the HTTP door, streamed %s',
    async (stream) => {
      const { key } = await house.keyOf({ budgets: 'none', rates: { rpm: 1_000, tpm: 1e9 } });
      house.upstream.answerWith(script);
      const response = await house.ask(key, { stream }, { 'x-sluice-timeout-ms': '4000' });
      await response.text();
      expect(leaked(response.headers)).toEqual([]);
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
      const embedded = await fetch(`${house.url}/embeddings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'lab/e', input: 'Hi' }),
      });
      await embedded.text();
      expect(leaked(embedded.headers)).toEqual([]);
    },
  );

  test('no header of the provider reaches a caller of the Lambda door', async () => {
    house.upstream.answerWith(script);
    const messages = [{ role: 'user', content: 'Hi' }];
    for (const stream of [false, true]) {
      const answer = await runtime.invoke(fromUrl({ model: 'openai/m', messages, stream }));
      await answer.text();
      expect(leaked(Object.entries(answer.headers))).toEqual([]);
      await answer.nextPoll;
    }
  });
});

describe('what a caller writes', () => {
  const named: Readonly<Record<string, string>> = {
    'a line of its own': 'x\r\nset-cookie: evil=1',
    'a line of its own, by LF alone': 'x\nset-cookie: evil=1',
    'a NUL': 'x\u0000',
    'letters no header has': 'ключ 鍵 😀',
    'half a letter': '\ud800',
    'a prototype': '__proto__',
    'more than a header may hold': 'x'.repeat(50_000),
  };

  test.each(Object.entries(named))(
    'as the name of a parameter that is dropped, with %s in it, breaks no answer',
    async (_, name) => {
      const { key, tenant } = await house.keyOf({ budgets: 'none' });
      claude.answerWith(claudeSays('Hi'));
      for (const stream of [false, true]) {
        const response = await house.ask(key, { model: 'anthropic/m', stream, ...Object.fromEntries([[name, 1]]) });
        expect(await response.text()).toContain('Hi');
        expect([response.status, response.headers.get('set-cookie')]).toEqual([200, null]);
        const dropped = response.headers.get('x-sluice-dropped-params') ?? '';
        expect(decodeURIComponent(dropped).slice(0, 60)).toBe(name.toWellFormed().slice(0, 60));
        expect(dropped.length).toBeLessThan(200);
      }
      await expect.poll(() => house.tables.calls(tenant)).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
    },
  );

  test.each(['lab/m\r\nset-cookie: evil=1', 'lab/m\u0000', 'lab/é', 'lab/\ud800'])(
    'as the name of a model that no header can hold is refused: %j',
    async (model) => {
      const { key } = await house.keyOf({ budgets: 'none' });
      const before = house.upstream.asked.length;
      const response = await house.ask(key, { model });
      expect([response.status, leaked(response.headers)]).toEqual([400, []]);
      expect(house.upstream.asked.length).toBe(before);
    },
  );
});

describe('a web page of another origin', () => {
  const origin = { origin: 'https://evil.example' };
  const paths = ['/chat/completions', '/embeddings', '/models', '/healthz', '/calls/req_1', '/nothing'];

  test.each(paths)('is not granted what a browser asks for it before a question with a key, at %s', async (path) => {
    const asking = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    const response = await fetch(`${house.url}${path}`, { method: 'OPTIONS', headers: { ...origin, ...asking } });
    expect(response.ok).toBe(false);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('may read nothing of what it can send without asking first, and spends nothing', async () => {
    const { key } = await house.keyOf({ budgets: 'none' });
    const before = house.upstream.asked.length;
    const simple = await house.ask(key, {}, { ...origin, 'content-type': 'text/plain' });
    expect(simple.status).toBe(400); // what a browser sends without asking is never read as JSON
    const models = await fetch(`${house.url}/models`, { headers: { ...origin, authorization: `Bearer ${key}` } });
    for (const response of [simple, models]) expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(house.upstream.asked.length).toBe(before);
  });
});
