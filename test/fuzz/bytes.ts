import fc from 'fast-check';

const tokens = [
  ...['\r\n', '\n\n', '\r', '\n', ' ', '\0', '\ufeff', 'data: ', 'data:', 'event: error\n', ': ping\n\n', 'id: 1\n'],
  ...['[DONE]', '{', '}', '[', ']', '"', ',', ':', '\\', '\\u0000', '\\ud800', '1e999', '"__proto__":', '{"error":'],
  ...[
    'transfer-encoding: chunked\r\n',
    'content-length: 5\r\n',
    'expect: 100-continue\r\n',
    '0\r\n\r\n',
    'ffffffff\r\n',
  ],
  ...['GET / HTTP/1.1\r\nhost: a\r\n\r\n', 'connection: close\r\n', 'content-encoding: gzip\r\n', 'HTTP/1.1'],
].map((token) => Buffer.from(token));
const bytes = [
  ...tokens,
  ...[[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x1f, 0x8b], [0x80], [0, 0, 0, 0]].map(Buffer.from),
];

type Change = {
  readonly at: number;
  readonly length: number;
  readonly how: (typeof hows)[number];
  readonly with: Buffer;
};
const hows = ['inserted', 'replaced', 'removed', 'repeated', 'flipped', 'cut'] as const;
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 40 }),
  how: fc.constantFrom(...hows),
  with: fc.oneof(fc.constantFrom(...bytes), fc.uint8Array({ maxLength: 4 }).map(Buffer.from)),
});

/** Bytes, changed in a few places; as they are where `most` is 0 or luck has it. */
export const changed = (honest: fc.Arbitrary<Uint8Array>, most = 3): fc.Arbitrary<Buffer> =>
  fc
    .tuple(honest, fc.array(change, { maxLength: most }))
    .map(([whole, changes]) => changes.reduce(changedOnce, Buffer.from(whole)));

function changedOnce(whole: Buffer, { at, length, how, with: given }: Change): Buffer {
  const start = at % (whole.length + 1);
  const end = Math.min(start + length, whole.length);
  const [before, touched, after] = [whole.subarray(0, start), whole.subarray(start, end), whole.subarray(end)];
  switch (how) {
    case 'inserted':
      return Buffer.concat([before, given, touched, after]);
    case 'replaced':
      return Buffer.concat([before, given, after]);
    case 'removed':
      return Buffer.concat([before, after]);
    case 'repeated':
      return Buffer.concat([before, touched, touched, touched, after]);
    case 'flipped':
      return Buffer.concat([before, touched.map((byte) => byte ^ (1 << (at % 8))), after]);
    case 'cut':
      return before;
  }
}

/** Bytes in a few reads, cut anywhere. */
export const inReads = (whole: fc.Arbitrary<Buffer>): fc.Arbitrary<readonly Buffer[]> =>
  fc.tuple(whole, fc.array(fc.nat(), { maxLength: 4 })).map(([bytes, places]) => {
    const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    return edges.slice(1).map((end, before) => bytes.subarray(edges[before], end));
  });
