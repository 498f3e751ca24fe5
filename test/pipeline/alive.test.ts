import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { alive } from '../../lib/pipeline/alive.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import { httpSend } from '../../lib/wire/send.ts';
import { labs } from '../support/labs.ts';
import { timer } from '../support/timer.ts';
import { beginStream, ending, event, refusal, startUpstream, type Upstream } from '../support/upstream.ts';
import { type FakeWorld, fakeWorld, messages, visitOf } from '../support/world.ts';

/** What a reader gets, piece by piece, of pieces that come when the test says so. */
function listening() {
  const world = fakeWorld();
  const left = Promise.withResolvers<void>();
  let give = Promise.withResolvers<string>();
  async function* pieces() {
    try {
      for (;;) {
        const piece = await give.promise;
        give = Promise.withResolvers();
        yield piece;
      }
    } finally {
      left.resolve();
    }
  }
  const reader = alive(pieces(), world)[Symbol.asyncIterator]();
  return { world, reader, give: (piece: string) => give.resolve(piece), fail: (e: Error) => give.reject(e), left };
}

describe('a stream with nothing to say', () => {
  test('says so in a comment each fifteen seconds, and then goes on', async () => {
    const { world, reader, give } = listening();
    const heard = [];
    for (const _ of [1, 2]) {
      const next = reader.next();
      world.pass(14_999);
      world.pass(1);
      heard.push((await next).value);
    }
    give('a');
    heard.push((await reader.next()).value);
    const next = reader.next();
    world.pass(14_000);
    give('b');
    heard.push((await next).value);
    const after = reader.next();
    world.pass(14_000); // fifteen seconds after the timer was set, fourteen after the last piece
    give('c');
    heard.push((await after).value);
    expect(heard).toEqual([': ping\n\n', ': ping\n\n', 'a', 'b', 'c']);
  });

  test('fails as its source does, and leaves no timer behind', async () => {
    const { world, reader, fail, left } = listening();
    const next = reader.next();
    fail(new Error('cut'));
    await expect(next).rejects.toThrow('cut');
    await left.promise;
    expect(world.timers()).toBe(0);
  });

  test('ends its source when its reader leaves', async () => {
    const { world, reader, give, left } = listening();
    const next = reader.next();
    give('a');
    await next;
    await reader.return?.();
    await left.promise;
    expect(world.timers()).toBe(0);
  });
});

describe('a call that takes long to begin', () => {
  let one: Upstream;
  let two: Upstream;
  beforeAll(async () => {
    [one, two] = await Promise.all([startUpstream(), startUpstream()]);
  });
  afterEach(() => {
    for (const { asked } of [one, two]) (asked as unknown[]).length = 0;
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
  });

  /** Asks for a stream; the time passes once the first target has been asked. */
  async function slowly(passing: (world: FakeWorld) => void) {
    const models = { m: { inOrder: ['one/m', 'two/m'] } };
    const config = { ...labs({ one: one.baseUrl, two: two.baseUrl }), models, version: 7 };
    const world = fakeWorld({ config, send: httpSend(timer, Date.now) });
    const reached = Promise.withResolvers<() => void>();
    one.answerWith(async (asked, response) => {
      const go = Promise.withResolvers<void>();
      reached.resolve(go.resolve);
      await go.promise;
      refusal(503, { message: 'no' })(asked, response);
    });
    const request = { model: 'm', messages, stream: true, stream_options: { include_usage: true } };
    const replying = serve(visitOf(request), world);
    const go = await reached.promise;
    passing(world);
    const reply = await replying;
    return { world, reply, go };
  }

  test('has its status after fifteen seconds, and may still be answered by another target', async () => {
    two.answerWith((_, response) => {
      beginStream(response);
      response.end(event({ content: 'Hi' }) + ending);
    });
    const { world, reply, go } = await slowly((world) => world.pass(15_000));
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ 'x-sluice-config-version': '7' });
    expect(Object.keys(reply.headers)).not.toContain('x-sluice-model'); // nobody knows it yet
    const reader = (reply.body as AsyncIterable<string>)[Symbol.asyncIterator]();
    expect(await reader.next()).toMatchObject({ value: ': ping\n\n' }); // with it the head leaves
    const second = reader.next();
    world.pass(15_000);
    expect(await second).toMatchObject({ value: ': ping\n\n' });
    go();
    let text = '';
    for (let step = await reader.next(); !step.done; step = await reader.next()) text += step.value;
    await reply.afterwards();
    expect(text).toContain('"content":"Hi"');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(text).toContain('"attempts":"one:503,two:200"');
    expect(world.written.calls).toMatchObject([{ status: 'ok', model: 'two/m' }]);
    expect(world.timers()).toBe(0);
  });

  test('says in its stream that nobody could', async () => {
    two.answerWith(refusal(500, { message: 'no' }));
    const { world, reply, go } = await slowly((world) => world.pass(15_000));
    go();
    const text = (await Array.fromAsync(reply.body)).join('');
    await reply.afterwards();
    expect(text).toMatch(/^: ping\n\ndata: \{"error":.*"code":"provider_overloaded".*\n\n$/);
    expect(text).not.toContain('[DONE]');
    expect(world.written.calls).toMatchObject([{ status: 'failed', errorCode: 'provider_overloaded' }]);
  });

  test('that fails before that has a status of its own', async () => {
    two.answerWith(refusal(500, { message: 'no' }));
    const models = { m: { inOrder: ['two/m', 'two/n'] } };
    const config = { ...labs({ two: two.baseUrl }), models };
    const world = fakeWorld({ config, send: httpSend(timer, Date.now) });
    const reply = await serve(visitOf({ model: 'm', messages, stream: true }), world);
    expect(reply.status).toBe(502);
    await reply.afterwards();
  });
});
