import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toNamed } from '../../lib/pipeline/fallback.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import { httpSend } from '../../lib/wire/send.ts';
import { thrownBy } from '../support/bytes.ts';
import { labs } from '../support/labs.ts';
import { errorOf, textOf } from '../support/replies.ts';
import { timer } from '../support/timer.ts';
import { refusal, startUpstream, type Upstream } from '../support/upstream.ts';
import { caller, fakeWorld, messages, visitOf } from '../support/world.ts';

const named = (body: Parameters<typeof toNamed>[1], header?: string) =>
  toNamed(header === undefined ? {} : { 'x-sluice-fallback': header }, body);

describe('what is tried after the first model', () => {
  test.each([
    [{ model: 'a/1' }, undefined, 'a/1', undefined],
    [{ model: 'a/1' }, 'b/1, c/1', 'a/1', ['b/1', 'c/1']],
    [{ model: 'a/1' }, ' b/1 ', 'a/1', ['b/1']],
    [{ model: 'a/1' }, 'none', 'a/1', []],
    [{ model: 'a/1' }, ' none ', 'a/1', []],
    [{ models: ['a/1', 'b/1'] }, undefined, 'a/1', ['b/1']],
    [{ model: null, models: ['a/1', 'b/1'] }, undefined, 'a/1', ['b/1']],
    [{ model: 'a/1', models: ['b/1', 'c/1'] }, undefined, 'a/1', ['b/1', 'c/1']],
    [{ model: 'a/1', models: ['a/1', 'c/1'] }, undefined, 'a/1', ['c/1']],
    [{ model: 'a/1', models: [] }, undefined, 'a/1', []],
    [{ model: 'a/1', models: null }, undefined, 'a/1', undefined],
    [{ models: [] }, undefined, undefined, []],
    [{ model: 'a/1', models: ['b/1'] }, 'c/1', 'a/1', ['c/1']],
    [{ models: ['a/1', 'b/1'] }, 'none', 'a/1', []],
  ])('of %j with the header %s: first %s, then %j', (body, header, model, instead) => {
    const found = named(body, header);
    expect(found.instead).toEqual(instead);
    expect(found.body).toEqual(model === undefined ? {} : { model });
  });

  test('leaves the rest of the body as it came, and what is no object to others', () => {
    expect(named({ models: ['a/1'], seed: 7, messages: [] }).body).toEqual({ model: 'a/1', seed: 7, messages: [] });
    expect(named(['a/1'], 'b/1')).toEqual({ body: ['a/1'], instead: undefined });
  });

  test.each([
    [{ model: 'a/1', models: 'b/1' }, undefined, 'models'],
    [{ model: 'a/1', models: { 0: 'b/1' } }, undefined, 'models'],
    [{ model: 'a/1', models: ['b/1', 7] }, undefined, 'models'],
    [{ model: 'a/1', models: [''] }, undefined, 'models'],
    [{ model: 'a/1', models: ['b 1'] }, undefined, 'models'],
    [{ model: 'a/1', models: ['b/1\n'] }, undefined, 'models'],
    [{ model: 'a/1', models: Array(11).fill('b/1') }, undefined, 'models'],
    [{ model: 'a/1', models: [7] }, 'b/1', 'models'],
    [{ model: 'a/1' }, '', 'x-sluice-fallback'],
    [{ model: 'a/1' }, 'b/1,', 'x-sluice-fallback'],
    [{ model: 'a/1' }, 'b/1,,c/1', 'x-sluice-fallback'],
    [{ model: 'a/1' }, 'b 1', 'x-sluice-fallback'],
    [{ model: 'a/1' }, 'bé/1', 'x-sluice-fallback'],
    [{ model: 'a/1' }, Array(11).fill('b/1').join(','), 'x-sluice-fallback'],
  ])('of %j with the header %s is refused by the name %s', (body, header, param) => {
    expect(thrownBy(() => named(body, header))).toMatchObject({
      code: 'invalid_request_error',
      status: 400,
      details: { param },
      message: expect.stringContaining(param),
    });
  });
});

describe('a caller who names what to try', () => {
  let one: Upstream;
  let two: Upstream;
  beforeAll(async () => {
    one = await startUpstream(refusal(503, { message: 'no' }));
    two = await startUpstream();
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
  });

  /** A call that names these, by a key that may call these. */
  async function asked(fields: object, header?: string, allowed: readonly (readonly string[])[] = []) {
    for (const { asked } of [one, two]) (asked as unknown[]).length = 0;
    const config = labs({ one: one.baseUrl, two: two.baseUrl });
    const callers = { 'sk-sluice-canary-api-key': { ...caller, allowed } };
    const world = fakeWorld({ config, callers, send: httpSend(timer, Date.now), timer });
    const headers = header === undefined ? {} : { 'x-sluice-fallback': header };
    return serve(visitOf({ messages, ...fields }, { headers }), world);
  }

  test.each([
    ['by header', { model: 'one/m' }, 'two/m'],
    ["in the body's models", { models: ['one/m', 'two/m'] }, undefined],
    ['in both', { model: 'one/m', models: ['one/other'] }, 'two/m'],
  ])('%s is answered by the second, and no provider is told of the list', async (_, fields, header) => {
    const reply = await asked(fields, header);
    await textOf(reply);
    expect([reply.status, reply.headers['x-sluice-model']]).toEqual([200, 'two/m']);
    expect(reply.headers['x-sluice-attempts']).toBe('one:503,two:200');
    const bodies = [...one.asked, ...two.asked].map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    for (const body of bodies) expect(body).toMatchObject({ model: 'm' });
    expect(bodies.some((body) => 'models' in body)).toBe(false);
  });

  test.each([
    ['by header', { model: 'one/m' }, 'two/m'],
    ["in the body's models", { model: 'one/m', models: ['two/m'] }, undefined],
  ])('it may not call, %s, is refused before anybody is called', async (_, fields, header) => {
    const reply = await asked(fields, header, [['one/*']]);
    expect(reply.status).toBe(403);
    expect(await errorOf(reply)).toMatchObject({ code: 'model_not_allowed', message: 'This key may not call two/m.' });
    expect([one.asked, two.asked]).toEqual([[], []]);
  });

  test.each([
    ['models', { models: ['one/m', ''] }, undefined],
    ['x-sluice-fallback', { model: 'one/m' }, ','],
  ])('wrongly is told which field is wrong: %s', async (param, fields, header) => {
    const reply = await asked(fields, header);
    expect(reply.status).toBe(400);
    expect(await errorOf(reply)).toMatchObject({ code: 'invalid_request_error', param });
  });

  test('and no model at all is told that one is required', async () => {
    const reply = await asked({ models: [] });
    expect([reply.status, (await errorOf(reply)).param]).toEqual([400, 'model']);
  });
});
