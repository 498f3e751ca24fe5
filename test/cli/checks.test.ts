import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkGateway } from '../../lib/cli/check-gateway.ts';
import { checkModels } from '../../lib/cli/check-models.ts';
import { type House, openHouse } from '../support/door.ts';
import { nobody, serveHttp } from '../support/server.ts';
import { beginStream, ending, event, type Script } from '../support/upstream.ts';

type Served = Awaited<ReturnType<typeof serveHttp>>;
const open: Served[] = [];
afterAll(async () => {
  for (const { close } of open) await close();
});
const serving = async (...listener: Parameters<typeof serveHttp>) => {
  const served = await serveHttp(...listener);
  open.push(served);
  return `${served.url}/v1`;
};
/** A gateway as far as it can be told without a key. */
const healthy = (headers: Readonly<Record<string, string>> = {}) =>
  serving((request, response) => {
    const health = request.url === '/v1/healthz';
    response.writeHead(health ? 200 : 401, { 'x-sluice-config-version': '7', ...headers });
    response.end(health ? '{"status":"ok"}' : '{}');
  });
const expected = (version?: number) => ({ version, now: Date.now });
const outcomes = (checks: Awaited<ReturnType<typeof checkGateway>>) =>
  checks.map(({ about, outcome }) => `${about} ${outcome}`);

describe('a gateway', () => {
  test('that answers, on the same time and by the version in force, is well', async () => {
    const url = await healthy();
    expect(outcomes(await checkGateway(url, expected(7)))).toEqual(['gateway ok', 'clock ok', 'version ok']);
    expect(outcomes(await checkGateway(url, expected()))).toEqual(['gateway ok', 'clock ok', 'version unknown']);
  });

  test('on another time is found, and by how much', async () => {
    for (const [off, said] of [
      [-600_000, /6(00|01) s ahead of the gateway's/],
      [600_000, /(599|600) s behind the gateway's/],
    ] as const) {
      const url = await healthy({ date: new Date(Date.now() + off).toUTCString() });
      const [, clock] = await checkGateway(url, expected(7));
      expect(clock).toMatchObject({ about: 'clock', outcome: 'wrong', message: expect.stringMatching(said) });
    }
    const near = await healthy({ date: new Date(Date.now() - 5_000).toUTCString() });
    expect(outcomes(await checkGateway(near, expected(7)))[1]).toBe('clock ok');
  });

  test('that goes by another version, or says none, is found', async () => {
    const [, , version] = await checkGateway(await healthy(), expected(8));
    expect(version).toMatchObject({
      outcome: 'wrong',
      message: expect.stringContaining('version 7, and 8 is in force'),
    });
    const [, , none] = await checkGateway(await healthy({ 'x-sluice-config-version': '' }), expected(8));
    expect(none).toMatchObject({ outcome: 'wrong', message: expect.stringContaining('does not say') });
  });

  test('that is not there, or is none, is told with what to do', async () => {
    const page = await serving((_, response) => void response.end('<html>It works!</html>'));
    const forbidden = await serving((_, response) => void response.writeHead(403).end('{"Message":"Forbidden"}'));
    const crowded = await serving((_, response) => void response.writeHead(429).end('{"message":"Rate Exceeded."}'));
    const broken = await serving((_, response) => void response.writeHead(502).end('{"message":"Internal"}'));
    for (const [url, said] of [
      [`${await nobody()}/v1`, 'nobody listens there'],
      [page, 'answers 200, and not as a gateway does. Is this the base URL'],
      [forbidden, 'Something before it refuses'],
      [crowded, 'Service Quotas (Lambda, concurrent executions)'],
      [broken, 'its log does'],
      ['http://no-such-name.invalid/v1', 'does not answer: '],
    ] as const) {
      const checks = await checkGateway(url, expected(7));
      expect(checks).toEqual([
        expect.objectContaining({ about: 'gateway', outcome: 'wrong', message: expect.stringContaining(said) }),
      ]);
    }
  });
});

describe('models', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.close());

  const slowly: Script = async (_, response) => {
    beginStream(response);
    for (let word = 0; word < 8; word++) {
      response.write(event({ content: `word ` }));
      await new Promise((resolve) => setTimeout(resolve, 40)); // a model talks at its own pace
    }
    response.end(ending);
  };
  /** A proxy that gives an answer when it has all of it. */
  const buffering = () =>
    serving(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      const answer = await fetch(`${house.url}${request.url?.replace(/^\/v1/, '')}`, {
        method: request.method ?? 'GET',
        headers: { authorization: String(request.headers.authorization), 'content-type': 'application/json' },
        ...(pieces.length > 0 && { body: Buffer.concat(pieces) }),
      });
      const text = await answer.text();
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text);
    });
  const keyed = async (more: object = {}) => ({
    baseUrl: house.url,
    key: (await house.keyOf({ budgets: 'none' })).key,
    keyName: 'SLUICE_KEY',
    models: ['lab/m'],
    ...more,
  });

  test('that stream are told from those whose stream is kept back on the way', async () => {
    house.upstream.answerWith(slowly);
    expect(outcomes(await checkModels(await keyed()))).toEqual(['key ok', 'model ok', 'stream ok']);
    const checks = await checkModels(await keyed({ baseUrl: await buffering() }));
    expect(outcomes(checks)).toEqual(['key ok', 'model ok', 'stream wrong']);
    expect(checks.at(-1)?.message).toMatch(/does not stream: 8 pieces came at once, \d+ to \d+ ms after/);
  });

  test('are asked anew each time, though the tenant has a cache', async () => {
    house.upstream.answerWith(slowly);
    const cached = { budgets: 'none', cache: { mode: 'exact', ttlSeconds: 60 } };
    const asked = await keyed({ key: (await house.keyOf(cached)).key });
    for (let time = 0; time < 2; time++)
      expect(outcomes(await checkModels(asked))).toEqual(['key ok', 'model ok', 'stream ok']);
  });

  test('whose provider refuses the gateway are told of, with what a role needs', async () => {
    house.upstream.answerWith((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"not authorized to perform"}}');
    });
    const [, model] = await checkModels(await keyed());
    expect(model).toMatchObject({
      about: 'model',
      item: 'lab/m',
      outcome: 'wrong',
      message: expect.stringMatching(/^lab\/m: 502: .*the models behind it in every region.*aws-marketplace:Subscribe/),
    });
  });

  test('that break off, or are not there, are told of in the gateway’s words', async () => {
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'one ' }));
      response.socket?.end();
    });
    const [, broken] = await checkModels(await keyed());
    expect(broken).toMatchObject({ outcome: 'wrong', message: expect.stringMatching(/^lab\/m: it broke off: /) });
    const [, missing] = await checkModels(await keyed({ models: ['lab/none/at/all'] }));
    expect(missing).toMatchObject({ about: 'model', outcome: 'wrong' });
  });

  test('are not asked without a key that gets in, or without a model to ask', async () => {
    expect(await checkModels(await keyed({ key: undefined }))).toEqual([
      expect.objectContaining({
        about: 'stream',
        outcome: 'unknown',
        message: expect.stringContaining('export SLUICE_KEY'),
      }),
    ]);
    expect(await checkModels(await keyed({ key: 'sk-sluice-wrong' }))).toEqual([
      expect.objectContaining({ about: 'key', outcome: 'wrong', message: expect.stringContaining('401') }),
    ]);
    expect(outcomes(await checkModels(await keyed({ models: [] })))).toEqual(['key ok', 'stream unknown']);
  });
});
