import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Marker, readMarker, writeMarker } from '../../lib/ledger/marker.ts';
import { momentOf } from '../../lib/ledger/windows.ts';

const amount = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const moment = fc
  .record({ at: fc.integer({ min: 0, max: Date.UTC(2200, 0) }), quarters: fc.integer({ min: -48, max: 56 }) })
  .map(({ at, quarters }) => momentOf(at, quarters * 15 * 60_000));
const name = fc.string({ unit: 'grapheme' });
const witness = fc.oneof(
  fc.record({ tenant: name, first: name }),
  fc.record({
    tenant: name,
    keyId: name,
    model: name,
    user: name,
    feature: name,
    others: fc.array(name, { maxLength: 4 }),
  }),
);
const marker: fc.Arbitrary<Marker> = fc.record({
  expiresAt: amount,
  nanoDollars: amount,
  tokens: amount,
  moment,
  counted: fc.constantFrom('', 'r', 'mhrtcS'),
  witness,
});

describe('a marker', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(marker, (given) => {
        expect(readMarker(writeMarker(given))).toEqual(given);
      }),
    );
  });

  test('is read whatever its call is called: | and # and %, or half a character, which JSON can spell', () => {
    const given: Marker = {
      expiresAt: 1_795_435_560_000,
      nanoDollars: 21_000,
      tokens: 118,
      moment: momentOf(Date.UTC(2026, 10, 23, 12), -210 * 60_000),
      counted: 'rt',
      witness: {
        tenant: 'acme',
        keyId: 'key_1',
        model: 'lab/a|b||c%7C',
        user: 'a|b',
        feature: '',
        others: ['tenant#acme', 'user#acme#a|b'],
      },
    };
    expect(writeMarker(given)).toBe(
      '1795435560000|21000|1795435200000|-210|118|rt|acme|key_1|lab%2Fa%7Cb%7C%7Cc%257C|a%7Cb||tenant%23acme|user%23acme%23a%7Cb',
    );
    expect(readMarker(writeMarker(given))).toEqual(given);
    const half = {
      ...given,
      witness: { tenant: 'acme', keyId: 'key_1', model: 'lab/\ud800', user: '', feature: '', others: [] },
    };
    expect(readMarker(writeMarker(half))?.witness).toMatchObject({ model: 'lab/\ufffd' });
  });

  test('knows the windows it was let in at, on the clock of then', () => {
    expect(readMarker('1795478460000|5|1795477500000|60|7||acme|key%23k')?.moment).toMatchObject({
      day: '20261124',
      month: '202611',
    });
    expect(readMarker('1795478460000|5|1795477500000|0|7||acme|key%23k')?.moment).toMatchObject({
      day: '20261123',
      hour: '202611232300',
    });
  });

  test.each([
    '',
    'x',
    '|',
    '||||||',
    '1|2|3|0|5',
    '1|2|3|0|5||acme',
    '1|2|3|0|5|7|acme|first',
    '1|2|3|0|||acme|first',
    '1||3|0|5||acme|first',
    ' |1|1|0|1||acme|first',
    '1|2|x|0|5||acme|first',
    '1|2|NaN|0|5||acme|first',
    '1|2|Infinity|0|5||acme|first',
    '1|-2|3|0|5||acme|first',
    '0x10|2|3|0|5||acme|first',
    '1|1e3|3|0|5||acme|first',
    '1|2|99999999999999999999|0|5||acme|first',
    '1|2|300000000000000|0|5||acme|first',
    '1|2|3|9e99|5||acme|first',
    '1|2|3|100000|5||acme|first',
    '1|2|3|0|5||acme|%',
    '1|2|3|0|5||%ff|first',
    'true|false|null|0|[]||acme|first',
  ])('is not read from %j', (text) => {
    expect(readMarker(text)).toBeUndefined();
  });

  test('is never made up, and reading never fails, whatever stands there', () => {
    const part = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.constant(''));
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 5, maxLength: 9 }).map((parts) => parts.join('|')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const read = readMarker(given);
        if (read !== undefined) expect(readMarker(writeMarker(read))).toEqual(read);
      }),
      { numRuns: 2_000 },
    );
  });
});
