import { describe, expect, test } from 'vitest';
import { serve } from '../../lib/pipeline/serve.ts';
import type { World } from '../../lib/world.ts';
import { answered, answering, ask } from '../support/answering.ts';
import { chunk, delta, done, usage } from '../support/compatible-stream.ts';
import { textOf } from '../support/replies.ts';
import { visitOf } from '../support/world.ts';

describe('afterwards', () => {
  const streamed = [chunk([delta({ content: 'Hi' })]), chunk([delta({}, 0, 'stop')]), chunk([], { usage }), done].join(
    '',
  );

  test('a call is settled and written down, once, when its last byte is out', async () => {
    const world = answering(streamed);
    const reply = await serve(visitOf({ ...ask, stream: true, user: 'ann' }), world);
    expect(world.written.settled).toEqual([]);
    expect(await textOf(reply)).toContain('[DONE]');
    await reply.afterwards();
    expect(world.written.settled).toMatchObject([
      {
        hold: { id: 'req_test', scopes: [{ id: 'key#key_1' }, { id: 'tenant#acme' }] },
        bill: { nanoDollars: 9000, estimated: false },
      },
    ]);
    expect(world.written.calls).toMatchObject([
      { id: 'req_test', status: 'ok', user: 'ann', model: 'lab/m', finish: 'stop' },
    ]);
    expect(world.written.lines).toMatchObject([{ level: 'info', message: 'call', fields: { id: 'req_test' } }]);
  });

  test('never rejects when ledger and journal fail: each is tried, and its failure logged', async () => {
    let booked = 0;
    const ledger: World['ledger'] = {
      ...answering(answered).ledger,
      settle: async () => {
        booked++;
        throw new Error('ledger down');
      },
    };
    const world = answering(answered, {
      ledger,
      journal: { find: async () => undefined, record: () => Promise.reject(new Error('journal down')) },
    });
    const reply = await serve(visitOf(ask), world);
    await textOf(reply);
    await reply.afterwards();
    expect(booked).toBe(1);
    const errors = world.written.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ fields }) => JSON.stringify(fields))).toEqual([
      expect.stringContaining('ledger down'),
      expect.stringContaining('journal down'),
    ]);
  });

  test.each([
    ['a whole answer', { ...ask }, { ...answered, usage: { ...usage, prompt_tokens_details: { cached_tokens: -1 } } }],
    [
      'a stream',
      { ...ask, stream: true },
      streamed.replace('"total_tokens"', '"prompt_tokens_details":{"cached_tokens":"x"},"total_tokens"'),
    ],
    [
      'a count beyond all money',
      { ...ask },
      { ...answered, usage: { ...usage, prompt_tokens: Number.MAX_SAFE_INTEGER } },
    ],
  ])('never rejects for a usage without sense in %s, and the call is written down', async (_, body, wire) => {
    const world = answering(wire);
    const reply = await serve(visitOf(body), world);
    await textOf(reply);
    await expect(reply.afterwards()).resolves.toBeUndefined();
    expect([...world.written.calls, ...world.written.lines].length).toBeGreaterThan(0);
  });

  test('a call refused before it was let in leaves no trace in the ledger', async () => {
    const world = answering(answered);
    for (const headers of [{ authorization: 'Bearer wrong' }, { 'content-type': 'text/plain' }]) {
      const reply = await serve(visitOf(ask, { headers }), world);
      await reply.afterwards();
    }
    expect([world.written.settled, world.written.calls]).toEqual([[], []]);
  });
});
