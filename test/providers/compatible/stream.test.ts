import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arriving, cut, cuts } from '../../support/bytes.ts';
import { attempt, chunk, delta, done, folded, lab, read, said, stamp, usage } from '../../support/compatible-stream.ts';

const end = chunk([delta({}, 0, 'stop')]);
const hello = [chunk([delta({ role: 'assistant', content: '' })]), chunk([delta({ content: 'Hé 漢😀' })])];
const whole = [...hello, end, chunk([], { usage }), done].join('');

const usagePlaces: Readonly<Record<string, readonly string[]>> = {
  'in a chunk of its own': [...hello, end, chunk([], { usage }), done],
  'in the chunk that finishes': [...hello, chunk([delta({}, 0, 'stop')], { usage }), done],
  'after the finish, beside a choice': [...hello, end, chunk([delta({})], { usage }), done],
  'on every chunk, growing': [
    chunk([delta({ content: 'Hé 漢😀' })], { usage: { ...usage, completion_tokens: 1 } }),
    chunk([delta({}, 0, 'stop')], { usage }),
    done,
  ],
  'on every chunk, null but for the last': [
    chunk([delta({ content: 'Hé 漢😀' })], { usage: null }),
    end,
    chunk([], { usage }),
  ],
  'before the finish': [...hello, chunk([], { usage }), end, done],
  'without [DONE]': [...hello, end, chunk([], { usage })],
};

describe("a vendor's stream", () => {
  test.each([
    [5, '5', undefined],
    [{ type: 'text', text: 'Hi' }, 'Hi', undefined],
    [{ a: 1 }, '', [{ a: 1 }]],
  ])('with %j for a text says it as a text, or beside it', async (content, text, parts) => {
    const [first] = await read([chunk([delta({ content })]), end, done]);
    expect(first?.choices[0]?.delta).toEqual({
      role: 'assistant',
      content: text,
      ...(parts && { content_parts: parts }),
    });
  });

  test.each(Object.entries(usagePlaces))('with its usage %s gives it once, last, in no choice', async (_, events) => {
    const chunks = await read(events);
    expect(chunks.filter((each) => 'usage' in each)).toEqual([chunks.at(-1)]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage, object: 'chat.completion.chunk' });
    expect(folded(chunks).choices).toEqual({ 0: { text: 'Hé 漢😀', finish: 'stop', role: 'assistant' } });
  });

  test('is the same wherever its bytes are cut', async () => {
    const expected = await read([whole]);
    for (let at = 0; at <= Buffer.byteLength(whole); at++) expect(await read(cut(whole, at))).toEqual(expected);
    await fc.assert(
      fc.asyncProperty(cuts(Buffer.byteLength(whole)), async (at) => {
        expect(await read(cut(whole, ...at))).toEqual(expected);
      }),
    );
  });

  test.each([
    ['ends', undefined],
    ['breaks', new Error('ECONNRESET')],
  ])('that %s before its finish gives none, and fails, wherever that is', async (_, breaks) => {
    const bytes = Buffer.from(whole);
    const finished = Buffer.byteLength([...hello, end].join(''));
    for (let at = 0; at < finished; at++) {
      const { chunks, error } = await attempt([bytes.subarray(0, at)], breaks);
      expect(
        chunks.flatMap(({ choices }) => choices.map(({ finish_reason }) => finish_reason)).filter(Boolean),
      ).toEqual([]);
      expect(chunks.filter((each) => each.usage)).toEqual([]);
      if (breaks === undefined) expect(error).toMatchObject({ code: 'provider_cut', source: 'provider' });
      else expect(error).toBe(breaks);
    }
    for (let at = finished; breaks === undefined && at <= bytes.length; at++) {
      const { chunks, error } = await attempt([bytes.subarray(0, at)]);
      expect([error, folded(chunks).choices[0]?.finish]).toEqual([undefined, 'stop']);
    }
  });

  test('that says [DONE] before its finish is cut', async () => {
    expect((await attempt([...hello, done])).error).toMatchObject({ code: 'provider_cut' });
    expect((await attempt([done])).error).toMatchObject({ code: 'provider_cut' });
    expect((await attempt([])).error).toMatchObject({ code: 'provider_cut' });
  });

  test('has one id, one time and one model from its first chunk to its last', async () => {
    const wandering = [
      chunk([delta({ content: 'a' })], { id: 'one', created: 1, model: 'first' }),
      chunk([delta({ content: 'b' })], { id: 'two', created: 2, model: 'second' }),
      chunk([delta({}, 0, 'stop')], { id: '', created: null, model: undefined }),
      chunk([], { id: 'three', usage }),
    ];
    for (const each of await read(wandering)) expect(each).toMatchObject({ id: 'one', created: 1, model: 'first' });
  });

  test.each([[{ id: '', created: 0, model: '' }], [{ id: null, created: 1.5, model: 7 }], [{ id: 7, created: '1' }]])(
    'that leaves out who it is (%j) is stamped',
    async (blanks) => {
      const text = said({ ...blanks, choices: [delta({ content: 'a' }, 0, 'stop')] });
      const { id, created } = stamp;
      expect(await read([text])).toMatchObject([{ id, created, object: 'chat.completion.chunk', model: stamp.model }]);
    },
  );

  test.each([[{}], [{ role: null }], [{ role: '' }], [{ role: 'assistant' }]])(
    'has the role in the first delta of each choice, whatever the vendor says there: %j',
    async (role) => {
      const chunks = await read([
        chunk([delta({ ...role, content: 'a' }, 0), delta({ ...role, content: 'b' }, 1)]),
        chunk([delta({ content: 'c' }, 1, 'stop'), delta({ content: 'd' }, 0, 'length')]),
      ]);
      expect(chunks[0]?.choices.map(({ delta: { role: said } }) => said)).toEqual(['assistant', 'assistant']);
      const later = chunks.slice(1).flatMap(({ choices }) => choices);
      expect(later.map(({ delta: piece }) => 'role' in piece)).toEqual([false, false]);
      expect(folded(chunks).choices).toMatchObject({
        0: { text: 'ad', finish: 'length' },
        1: { text: 'bc', finish: 'stop' },
      });
    },
  );

  test('of several choices is whole only when each has finished', async () => {
    const first = chunk([delta({ content: 'a' }, 0), delta({ content: 'b' }, 1)]);
    const [one, other] = [chunk([delta({}, 0, 'stop')]), chunk([delta({}, 1, 'stop')])];
    expect((await attempt([first, one, chunk([], { usage }), done])).error).toMatchObject({ code: 'provider_cut' });
    expect((await attempt([first, one, other, chunk([], { usage }), done])).error).toBeUndefined();
    expect((await attempt([first, one, other, chunk([delta({}, 0)]), done])).error).toBeUndefined();
  });

  test.each([
    ['made_up', 'stop'],
    ['tool_calls', 'tool_calls'],
    ['constructor', 'stop'],
    ['content_filter', 'content_filter'],
  ])('that finishes with %s finishes with %s', async (word, finish) => {
    expect(folded(await read([chunk([delta({ content: 'x' }, 0, word)])])).choices[0]?.finish).toBe(finish);
  });

  test('is not finished by an empty word', async () => {
    expect((await attempt([chunk([delta({ content: 'x' }, 0, '')]), done])).error).toMatchObject({
      code: 'provider_cut',
    });
  });

  test('keeps what nobody knows, in the chunk, the choice and the delta', async () => {
    const strange = chunk([{ ...delta({ content: 'x', thought: { deep: [1] } }, 0, 'stop'), logprobs: { a: 1 } }], {
      system_fingerprint: 'fp',
      x_lab: { y: null },
    });
    expect(await read([strange])).toMatchObject([
      {
        system_fingerprint: 'fp',
        x_lab: { y: null },
        choices: [{ logprobs: { a: 1 }, delta: { content: 'x', thought: { deep: [1] } } }],
      },
    ]);
  });

  test('is read with comments, pings, other line ends and fields between its events', async () => {
    const noisy = `: ping\r\n\r\nid: 1\r\nretry: 10\r\n${whole.replaceAll('\n', '\r\n')}: bye\r\n\r\n`;
    expect(await read([noisy])).toEqual(await read([whole]));
  });

  test('lets go of its body when its reader leaves', async () => {
    const body = arriving(hello.map((each) => Buffer.from(each)));
    for await (const _ of lab.fromStream(body, { provider: 'lab', stamp })) break;
    expect((await body.next()).done).toBe(true);
  });
});
