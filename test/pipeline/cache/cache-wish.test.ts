import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCacheWish } from '../../../lib/pipeline/cache/cache-wish.ts';
import { thrownBy } from '../../support/bytes.ts';

const wish = (header: string) => toCacheWish({ 'x-sluice-cache': header });
const control = (header: string) => toCacheWish({ 'cache-control': header });

describe('x-sluice-cache', () => {
  test('that is not there leaves all to the operator', () => {
    const all = { mode: undefined, narrower: {}, maxAgeSeconds: Number.POSITIVE_INFINITY, reads: true, stores: true };
    expect(toCacheWish({})).toEqual(all);
  });

  test.each([
    ['off', { mode: 'off', narrower: {}, reads: false, stores: false }],
    ['exact', { mode: 'exact', narrower: {}, reads: true, stores: true }],
    ['semantic', { mode: 'semantic', narrower: {}, reads: true, stores: true }],
    ['exact; ttl=60', { narrower: { ttlSeconds: 60 } }],
    ['semantic;threshold=.9;ttl=1', { narrower: { threshold: 0.9, ttlSeconds: 1 } }],
    [' exact ; scope = tenant ', { narrower: { scope: 'tenant' } }],
    ['semantic; threshold=0', { narrower: { threshold: 0 } }],
    ['semantic; threshold=1', { narrower: { threshold: 1 } }],
    ['semantic; threshold=1.000', { narrower: { threshold: 1 } }],
    ['semantic; threshold=0.123456', { narrower: { threshold: 0.123456 } }],
  ])('says what it says: %j', (header, said) => {
    expect(wish(header)).toMatchObject(said);
  });

  test.each([
    ...['', 'on', 'Exact', 'exact,exact', 'exact ttl=1', 'exact;', 'exact; ttl', 'exact; ttl=', 'exact; ttl=0'],
    ...['exact; ttl=-1', 'exact; ttl=1.5', 'exact; ttl=1e3', 'exact; ttl=9999999999', 'exact; ttl=60; more=1'],
    ...['semantic; threshold=', 'semantic; threshold=2', 'semantic; threshold=1.1', 'semantic; threshold=-0.1'],
    ...[
      'semantic; threshold=0.',
      'semantic; threshold=NaN',
      'semantic; threshold=1e-1',
      'exact; scope=',
      'exact; scope=all',
    ],
    ...['exact; constructor=1', '; ttl=1', 'exact; mode=semantic'],
  ])('that is no sense is refused by its name: %j', (header) => {
    expect(thrownBy(() => wish(header))).toMatchObject({
      code: 'invalid_request_error',
      details: { param: 'x-sluice-cache', message: expect.stringMatching(/^x-sluice-cache .+\.$/) },
    });
  });

  test('is refused or understood, whatever is in it, and never widens', () => {
    const words = [
      'exact',
      'semantic',
      'off',
      'ttl',
      'threshold',
      'scope',
      'key',
      '=',
      ';',
      ' ',
      '0',
      '1',
      '.',
      '-',
      'e',
    ];
    const header = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...words)).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(header, (text) => {
        try {
          const { mode, narrower } = wish(text);
          expect(['off', 'exact', 'semantic']).toContain(mode);
          expect(narrower.ttlSeconds ?? 1).toBeGreaterThanOrEqual(1);
          expect(Math.abs((narrower.threshold ?? 0.5) - 0.5)).toBeLessThanOrEqual(0.5);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request_error' });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('Cache-Control', () => {
  test.each([
    ['no-store', { stores: false, reads: false }],
    ['No-Store, max-age=60', { stores: false, reads: false, maxAgeSeconds: 60 }],
    ['no-cache', { stores: true, reads: false }],
    ['max-age=60', { stores: true, reads: true, maxAgeSeconds: 60 }],
    ['MAX-AGE="60"', { reads: true, maxAgeSeconds: 60 }],
    ['max-age=0', { stores: true, reads: false, maxAgeSeconds: 0 }],
    ['max-stale, only-if-cached, whatever=1', { stores: true, reads: true, maxAgeSeconds: Number.POSITIVE_INFINITY }],
    ['', { stores: true, reads: true }],
  ])('says what it says in HTTP: %j', (header, said) => {
    expect(control(header)).toMatchObject(said);
  });

  test.each(['', '-1', 'soon', 'Infinity', '1e9', '0x10', '1.5', 'NaN'])(
    'with an age that cannot be read wants a fresh answer: max-age=%s',
    (age) => {
      expect(control(`max-age=${age}`)).toMatchObject({ maxAgeSeconds: 0, reads: false, stores: true });
    },
  );

  test('and x-sluice-cache are obeyed together: the stricter', () => {
    const both = (cache: string, more: string) => toCacheWish({ 'x-sluice-cache': cache, 'cache-control': more });
    expect(both('exact', 'no-store')).toMatchObject({ stores: false, reads: false });
    expect(both('off', 'max-age=60')).toMatchObject({ stores: false, reads: false });
    expect(both('exact; ttl=60', 'max-age=5')).toMatchObject({ narrower: { ttlSeconds: 60 }, maxAgeSeconds: 5 });
  });
});
