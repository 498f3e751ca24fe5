import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toChatRequest } from '../../lib/openai/request.ts';
import { toLabels, toPatience } from '../../lib/pipeline/headers.ts';
import { thrownBy } from '../support/bytes.ts';
import { messages } from '../support/world.ts';

const request = (fields: object = {}) => toChatRequest({ model: 'm', messages: [...messages], ...fields });
const labels = (headers: Record<string, string>, fields: object = {}) => toLabels(headers, request(fields));

describe('the labels of a call', () => {
  test('are taken from its headers first and its body second', () => {
    const headers = {
      'x-sluice-user': 'ann',
      'x-sluice-feature': 'search',
      'x-sluice-prompt': 'greet@3',
      'x-sluice-metadata': '{"a":"header","b":"2"}',
    };
    expect(labels(headers, { user: 'bob', metadata: { a: 'body', c: '3' } })).toEqual({
      user: 'ann',
      feature: 'search',
      prompt: 'greet@3',
      metadata: { a: 'header', b: '2', c: '3' },
    });
    expect(labels({}, { user: 'bob', safety_identifier: 'x' })).toEqual({ user: 'bob' });
    expect(labels({}, { safety_identifier: 'x' })).toEqual({ user: 'x' });
    expect(labels({ accept: '*/*' }, { user: '', metadata: {} })).toEqual({});
  });

  test('of an empty header are those of the body', () => {
    expect(labels({ 'x-sluice-user': '' }, { user: 'bob' })).toEqual({ user: 'bob' });
  });

  test.each(['x-sluice-caches', 'x-sluice-fallbacks', 'x-sluice-', 'x-sluice-users'])(
    'do not hide a header that would change nothing: %s',
    (name) => {
      expect(thrownBy(() => labels({ [name]: 'x' }))).toMatchObject({ details: { param: name }, status: 400 });
    },
  );

  test('have at most 512 characters each, whichever way they come', () => {
    const [most, more] = ['x'.repeat(512), 'x'.repeat(513)];
    for (const name of ['x-sluice-user', 'x-sluice-feature', 'x-sluice-prompt']) {
      expect(labels({ [name]: most })).toBeDefined();
      expect(thrownBy(() => labels({ [name]: more }))).toMatchObject({ details: { param: name } });
    }
    for (const field of ['user', 'safety_identifier']) {
      expect(labels({}, { [field]: most })).toEqual({ user: most });
      expect(thrownBy(() => labels({}, { [field]: more }))).toMatchObject({ details: { param: field } });
    }
  });

  test.each(['', '{', '[]', '"x"', 'null', '7', '{"a":1}', '{"a":null}', '{"a":{}}'])(
    'are no metadata when they are no JSON object of strings: %s',
    (given) => {
      expect(thrownBy(() => labels({ 'x-sluice-metadata': given }))).toMatchObject({
        details: { param: 'x-sluice-metadata' },
        message: expect.stringContaining('JSON object of strings'),
      });
    },
  );

  test('are sixteen in the metadata at most, those of header and body together', () => {
    const many = (count: number, prefix: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, 'x']));
    const both = (header: number, body: number) =>
      labels({ 'x-sluice-metadata': JSON.stringify(many(header, 'h')) }, { metadata: many(body, 'b') });
    expect(Object.keys(both(8, 8).metadata ?? {})).toHaveLength(16);
    expect(thrownBy(() => both(8, 9))).toMatchObject({ status: 400 });
    expect(thrownBy(() => both(17, 0))).toMatchObject({ status: 400 });
  });

  // The journal's serializer would take it for the item's own prototype, and lose the whole record.
  test('are never named __proto__', () => {
    const metadata = JSON.parse('{"__proto__":"S"}');
    expect(thrownBy(() => labels({}, { metadata }))).toMatchObject({ status: 400 });
    expect(thrownBy(() => labels({ 'x-sluice-metadata': '{"__proto__":"S"}' }))).toMatchObject({ status: 400 });
  });

  test('have short names and values in the metadata', () => {
    expect(labels({}, { metadata: { ['n'.repeat(64)]: 'v'.repeat(512) } }).metadata).toBeDefined();
    expect(thrownBy(() => labels({}, { metadata: { ['n'.repeat(65)]: 'v' } }))).toMatchObject({ status: 400 });
    expect(thrownBy(() => labels({}, { metadata: { n: 'v'.repeat(513) } }))).toMatchObject({ status: 400 });
  });
});

describe("a caller's patience", () => {
  test.each([
    ['1', 1],
    ['60000', 60_000],
    ['600000', 600_000],
  ])('of %s ms is %i ms', (given, ms) => {
    expect(toPatience({ 'x-sluice-timeout-ms': given }, 'x-sluice-timeout-ms')).toBe(ms);
  });

  test.each(['', ' ', '0', '-1', '1.5', 'soon', 'NaN', 'Infinity', '1e400', '60s', '9007199254740993'])(
    'of %j is refused',
    (given) => {
      expect(thrownBy(() => toPatience({ 'x-sluice-timeout-ms': given }, 'x-sluice-timeout-ms'))).toMatchObject({
        details: { param: 'x-sluice-timeout-ms' },
      });
    },
  );

  test('is endless when none is named', () => {
    expect(toPatience({}, 'x-sluice-timeout-ms')).toBeUndefined();
  });

  // A Node timer set for longer than 2^31 - 1 ms rings at once.
  test('is never longer than a timer can wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (ms) => {
        const patience = toPatience({ 'x-sluice-timeout-ms': String(ms) }, 'x-sluice-timeout-ms');
        expect(patience).toBeGreaterThanOrEqual(Math.min(ms, 2 ** 31 - 1));
        expect(patience).toBeLessThanOrEqual(2 ** 31 - 1);
      }),
    );
  });
});
