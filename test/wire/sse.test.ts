import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SseEvent, sseEvents } from '../../lib/wire/sse.ts';
import { arriving, breaking, cut, cuts, failureOf } from '../support/bytes.ts';
import { computing } from '../support/computing.ts';

const read = async (pieces: readonly Uint8Array[]): Promise<SseEvent[]> =>
  (await Array.fromAsync(sseEvents(arriving(pieces)))).flat();

const newline = fc.constantFrom('\n', '\r\n', '\r');
const words = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', ' ', ':', '{', '\ufeff', '\u2028') });
/** An event as it may stand in a stream, beside what must be read in it. */
const block = fc.record({
  data: fc.array(words, { minLength: 1, maxLength: 3 }),
  name: fc.option(fc.constantFrom('error', 'ping'), { nil: undefined }),
  space: fc.constantFrom('', ' '),
  comment: fc.option(words, { nil: undefined }),
});
const stream = fc.record({ blocks: fc.array(block, { maxLength: 5 }), newline, bom: fc.constantFrom('', '\ufeff') });

type Written = typeof stream extends fc.Arbitrary<infer T> ? T : never;

const written = ({ blocks, newline, bom }: Written): string =>
  bom +
  blocks
    .map(({ data, name, space, comment }) =>
      [
        ...(comment === undefined ? [] : [`:${comment}`]),
        ...(name === undefined ? [] : [`event:${space}${name}`]),
        // A space of the data's own must not be taken for the one after the colon.
        ...data.map((line) => `data:${line.startsWith(' ') ? ' ' : space}${line}`),
        '',
        '',
      ].join(newline),
    )
    .join('');

test('the same bytes, cut anywhere, are the same events: those that were written', async () => {
  const cutStream = stream.chain((each) =>
    fc.record({ stream: fc.constant(each), at: cuts(Buffer.byteLength(written(each))) }),
  );
  await fc.assert(
    fc.asyncProperty(cutStream, async ({ stream, at }) => {
      const events = await read(cut(written(stream), ...at));
      expect(events.map(({ data, event }) => ({ data, event }))).toEqual(
        stream.blocks.map(({ data, name }) => ({ data: data.join('\n'), event: name })),
      );
    }),
    { numRuns: 400 },
  );
});

test.each(['\n', '\r\n', '\r'])(
  'a stream with lines that end in %j is the same at every one of its cuts',
  async (end) => {
    const text = ['\ufeff: hi', 'data:{"a":"漢字 😀"}', '', 'event: error', 'data: x', 'data: y', '', ''].join(end);
    const bytes = Buffer.from(text);
    const expected = [{ data: '{"a":"漢字 😀"}' }, { event: 'error', data: 'x\ny' }];
    for (let at = 0; at <= bytes.length; at++) expect(await read(cut(bytes, at))).toEqual(expected);
    expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  },
);

test('an event the stream ends inside is dropped', async () => {
  const whole = 'data: one\n\n';
  for (let end = 0; end < whole.length; end++) expect(await read([Buffer.from(whole.slice(0, end))])).toEqual([]);
  expect(await read([Buffer.from(`${whole}data: two\n`)])).toEqual([{ data: 'one' }]);
});

test('events that were read together come together, and a read without an event gives none', async () => {
  const batches = await Array.fromAsync(
    sseEvents(arriving([Buffer.from('data: a\n\ndata: b\n\ndata:'), Buffer.from(' c'), Buffer.from('\n\n')])),
  );
  expect(batches.map((batch) => batch.map(({ data }) => data))).toEqual([['a', 'b'], ['c']]);
});

test('bytes that are no UTF-8 spoil their own characters only', async () => {
  const bytes = Buffer.concat([Buffer.from('data: a'), Buffer.from([0xff]), Buffer.from('b\n\ndata: c\n\n')]);
  expect((await read([bytes])).map(({ data }) => data)).toEqual(['a\ufffdb', 'c']);
});

test('a connection that breaks is told after the events that came', async () => {
  const seen: string[] = [];
  const broken = new Error('reset');
  const reading = async () => {
    for await (const events of sseEvents(breaking([Buffer.from('data: a\n\ndata: b')], broken)))
      seen.push(...events.map(({ data }) => data));
  };
  expect(await failureOf(reading())).toBe(broken);
  expect(seen).toEqual(['a']);
});

test('leaving early lets go of the body', async () => {
  const body = arriving([Buffer.from('data: a\n\n'), Buffer.from('data: b\n\n')]);
  for await (const _ of sseEvents(body)) break;
  expect(await body.next()).toEqual({ done: true, value: undefined });
});

test('a megabyte on one line, in small reads, is not slow', async () => {
  const bytes = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 64) }, (_, at) => bytes.subarray(at * 64, at * 64 + 64));
  const tookMs = computing();
  expect((await read(pieces))[0]?.data).toHaveLength(1024 * 1024);
  expect(tookMs()).toBeLessThan(3_000);
});
