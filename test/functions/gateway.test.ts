import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../esbuild.config.ts';
import { fromUrl } from '../support/events.ts';
import { openaiAt, scratch } from '../support/gateway.ts';
import { lambdaGateway } from '../support/lambda-gateway.ts';
import { type Runtime, startRuntime } from '../support/ric/start-runtime.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { beginStream, ending, event, startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

const { folder, remove } = scratch();
let database: Tables;
let upstream: Upstream;
let runtime: Runtime;

beforeAll(async () => {
  [database, upstream] = await Promise.all([startTables(join(folder, 'data')), startUpstream(), bundle('gateway')]);
  runtime = await startRuntime(lambdaGateway(folder, database, upstream));
});
afterAll(async () => {
  await Promise.all([runtime?.stop(), upstream?.close()]);
  await database?.stop();
  remove();
});

const chat = (more: object) => ({ model: 'openai/m', messages: [{ role: 'user', content: 'Hello' }], ...more });

describe('the Lambda door, under the real runtime client', () => {
  test('gives a 401 its body', async () => {
    const answer = await runtime.invoke(fromUrl(chat({}), 'sk-wrong'));
    expect(answer.status).toBe(401);
    expect(JSON.parse(await answer.text())).toMatchObject({ error: { code: 'invalid_api_key' } });
    await answer.nextPoll;
  });

  test('tells a failure in mid-stream in-band, and lives to serve the next call', async () => {
    upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'half' }), () => response.destroy());
    });
    const broken = await runtime.invoke(fromUrl(chat({ stream: true })));
    const text = await broken.text();
    expect(text).toMatch(/"half"[\s\S]*data: \{"error":/);
    expect(text).not.toContain('[DONE]');
    expect((await broken.ended).errorType).toBeUndefined();
    await broken.nextPoll;

    upstream.answerWith(wholeAnswer('Well again.'));
    const answer = await runtime.invoke(fromUrl(chat({})));
    expect(JSON.parse(await answer.text())).toMatchObject({ choices: [{ message: { content: 'Well again.' } }] });
    await answer.nextPoll;
  });

  test('settles and records after the client has its last byte', async () => {
    const { promise: rest, resolve: sendRest } = Promise.withResolvers<void>();
    upstream.answerWith(async (_, response) => {
      beginStream(response);
      response.write(event({ content: 'Hi' }));
      await rest;
      response.end(ending);
    });
    const before = await database.spent('tenant#demo');
    const answer = await runtime.invoke(fromUrl(chat({ stream: true })));
    const resume = database.hold(); // from here on the ledger does not answer
    sendRest();
    expect(await answer.text()).toContain('[DONE]');
    await answer.ended; // the client has it all, while the ledger is still being asked
    await database.asked();
    resume();
    await answer.nextPoll;
    const after = await database.spent('tenant#demo');
    expect(after.total - before.total).toBe(16_000);
    expect(after.calls - before.calls).toBe(1);
    const records = await database.calls('demo');
    expect(records.at(-1)).toMatchObject({
      id: answer.headers['x-request-id'],
      status: 'ok',
      model: 'openai/m',
      bill: { nanoDollars: 16_000 },
    });
  });

  test('gives the answer of a call with an idempotency-key again, though its connection was cut in mid-stream', async () => {
    const { promise: more, resolve: sendMore } = Promise.withResolvers<void>();
    upstream.answerWith(async (_, response) => {
      beginStream(response);
      response.write(event({ content: 'first' }));
      await more;
      response.end(event({ content: ' second' }) + ending);
    });
    const asked = fromUrl(chat({ stream: true }));
    const named = { ...asked, headers: { ...asked.headers, 'idempotency-key': 'lambda-1' } };
    const before = upstream.asked.length;
    const cut = await runtime.invoke(named);
    for await (const piece of cut.pieces) if (piece.text.includes('first')) break;
    cut.cut();
    await cut.ended.catch(() => {});
    sendMore();
    await cut.nextPoll;
    const again = await runtime.invoke(named);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await again.text()).toMatch(/"first"[\s\S]*" second"[\s\S]*data: \[DONE\]\n\n$/);
    await again.nextPoll;
    expect(upstream.asked.length - before).toBe(1);
  });

  // Five seconds of an invocation are kept to say so, settle and record.
  test.each([
    ['before the first content has a status of its own', false],
    ['in mid-stream says so in-band', true],
  ])('a call whose time is over %s, and is settled and recorded in time', async (_, begun) => {
    upstream.answerWith((_, response) => {
      beginStream(response);
      if (begun) response.write(event({ content: 'first' }));
    });
    const answer = await runtime.invoke(fromUrl(chat({ stream: true })), { deadlineMs: 5_500 });
    expect(answer.status).toBe(begun ? 200 : 504);
    const text = await answer.text();
    expect(text).toContain('"code":"timeout"');
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(await answer.nextPoll).toBeLessThan(answer.deadlineAt);
    const record = (await database.calls('demo')).at(-1);
    expect(record).toMatchObject({ status: 'failed', errorCode: 'timeout', bill: { estimated: true } });
    await upstream.aborted();
  });

  test('refuses an event that is no HTTP request and lives', async () => {
    const answer = await runtime.invoke({ Records: [] });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('This function answers HTTP requests only');
    await answer.nextPoll;
    upstream.answerWith(wholeAnswer('Hi'));
    expect((await runtime.invoke(fromUrl(chat({})))).status).toBe(200);
  });

  test('goes by the version in force from its first call on, and by what it was deployed with where that cannot be used', async () => {
    upstream.answerWith(wholeAnswer('Hi'));
    const asleep = (model: string) => fresh(async (lambda) => (await lambda.invoke(fromUrl(chat({ model })))).status);
    expect(await asleep('swift')).toBe(404);
    const json = JSON.stringify({ ...openaiAt(upstream.baseUrl), models: { swift: 'openai/m' } });
    await database.put('access', { pk: 'config', sk: 'current', version: 1, json });
    expect(await asleep('swift')).toBe(200);
    await database.put('access', { pk: 'config', sk: 'current', version: 2, json: '{"newer":true}' });
    expect(await asleep('openai/m')).toBe(200);
  });
});

/** Asks something of an environment that starts for it. */
async function fresh<Answer>(question: (lambda: Runtime) => Promise<Answer>): Promise<Answer> {
  const lambda = await startRuntime(lambdaGateway(folder, database, upstream));
  try {
    return await question(lambda);
  } finally {
    await lambda.stop();
  }
}
