import fc from 'fast-check';

/** Words that the text of a JSON may hold and no value can: what stands for them in a value becomes them in the text. */
const raw = {
  '§huge§': '1e999',
  '§tiny§': '-0.0e-999',
  '§long§': '123456789012345678901234567890',
  '§deep§': `${'['.repeat(300)}${']'.repeat(300)}`,
  '§abyss§': `${'{"a":['.repeat(8_000)}${']}'.repeat(8_000)}`,
  '§twice§': '{"a":1,"a":{"a":2},"a":[3]}',
  '§proto§': '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
} as const;
const stands = new RegExp(`"(${Object.keys(raw).join('|')})"`, 'g');

/** A value as its text. */
export const toText = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replaceAll(stands, (_, name: keyof typeof raw) => raw[name]);

/** Names that every object has, or that mean something to somebody. */
export const hostileName = fc.constantFrom(
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'length', 'toJSON', ''],
  ...['index', 'id', 'type', 'role', 'content', 'name', 'error', 'usage', 'choices', 'text', 'data', 'message'],
);

/** Texts that take long to read, and so are rare. */
const longText = fc.constantFrom(
  ...['{"a":'.repeat(20_000), '['.repeat(200_000), `${'['.repeat(9_000)}${']'.repeat(9_000)}`, '"\\'.repeat(5_000)],
  ...[`{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`, ' '.repeat(100_000), 'a'.repeat(300_000), '😀'.repeat(30_000)],
);

/** Texts that trip who reads them. */
const shortText = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\0', '\ud800', '\udc00x', 'a\r\nx-injected: 1', '\u2028', '\ufeff', '😀', 'ﷺ', '\u0301'],
    ...['{', '{}', '[]', '[[', '{"a":', 'null', '"', '\\', '%00', '../../..', '<script>', '-1', '1e999'],
    ...['data:image/png;base64,', 'data:,', 'data:text/plain;base64,AAAA', 'http://', 'https://[', 'NaN', 'DONE'],
    ...['x'.repeat(600), '{"a":'.repeat(20), '[[[[', '"\\', '\u0000\u0000'],
  ),
  hostileName,
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Texts that trip who reads them, few of them long. */
export const hostileText = fc.oneof({ weight: 300, arbitrary: shortText }, { weight: 1, arbitrary: longText });

/** Values that are not what anybody expects there. */
const shortValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 1, 2, 0.5, -0, 1e21, 2 ** 53, -(2 ** 31), 1e308, 429, 500],
    ...[[], {}, [[]], [null], [{}], [0], { a: [] }, [{ type: 'text' }], [{ index: 1e9 }], { type: 'function' }],
    ...Object.keys(raw).filter((name) => name !== '§abyss§'),
  ),
  shortText,
  hostileName.map((name) => Object.fromEntries([[name, { [name]: [name] }]])),
);

/** Values that are not what anybody expects there, few of them long. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 600, arbitrary: shortValue },
  { weight: 2, arbitrary: longText },
  { weight: 1, arbitrary: fc.constant('§abyss§') },
);

/** One bend of a value: where, how and with what. */
type Bend = {
  readonly at: number;
  readonly how: (typeof hows)[number];
  readonly name: string;
  readonly value: unknown;
};
const hows = ['replaced', 'removed', 'repeated', 'renamed', 'added', 'wrapped', 'swapped'] as const;
const bend: fc.Arbitrary<Bend> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom(...hows),
  name: hostileName,
  value: hostileValue,
});

/** Valid values, each bent in a few places: what is replaced, left out, said twice, renamed, nested. */
export const bent = (honest: readonly unknown[], most = 4): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...honest), fc.array(bend, { maxLength: most }))
    .map(([value, bends]) => bends.reduce((whole, each) => bentOnce(whole, each), structuredClone(value)));

type Slot = { readonly of: Record<string, unknown> | unknown[]; readonly key: string };

function bentOnce(whole: unknown, { at, how, name, value: one }: Bend): unknown {
  const value = structuredClone(one); // the next may bend it, and it is there for all
  const slots = [...slotsIn(whole)];
  const slot = slots[at % Math.max(slots.length, 1)];
  if (slot === undefined) return value;
  const { of, key } = slot;
  const old = Reflect.get(of, key);
  const set = (to: string, given: unknown) =>
    void Object.defineProperty(of, to, { value: given, enumerable: true, configurable: true, writable: true });
  switch (how) {
    case 'replaced':
      set(key, value);
      break;
    case 'removed':
      if (Array.isArray(of)) of.splice(Number(key), 1);
      else Reflect.deleteProperty(of, key);
      break;
    case 'repeated':
      if (Array.isArray(of)) of.splice(Number(key), 0, structuredClone(old), structuredClone(old));
      else set(name, structuredClone(old));
      break;
    case 'renamed':
      if (Array.isArray(of)) of.reverse();
      else {
        Reflect.deleteProperty(of, key);
        set(name, old);
      }
      break;
    case 'added':
      if (Array.isArray(of)) of.push(value);
      else set(name, value);
      break;
    case 'wrapped':
      set(key, at % 2 === 0 ? [old] : { [name]: old });
      break;
    case 'swapped': {
      const other = slots[Math.floor(at / 7) % slots.length];
      if (other !== undefined) set(key, structuredClone(Reflect.get(other.of, other.key)));
      break;
    }
  }
  return whole;
}

function* slotsIn(value: unknown): Iterable<Slot> {
  if (typeof value !== 'object' || value === null) return;
  const of: Record<string, unknown> | unknown[] = Array.isArray(value) ? value : Object(value);
  for (const key of Object.keys(of)) {
    yield { of, key };
    yield* slotsIn(Reflect.get(of, key));
  }
}
