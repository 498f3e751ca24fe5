import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listOf, sendable } from '../../lib/pipeline/sendable.ts';

const anything = fc.string({ unit: 'binary', maxLength: 40 });

describe('a header', () => {
  test('can be sent whatever is in its value, and says nothing on a line of its own', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.constantFrom('a\r\nset-cookie: b', '\0', 'é', '😀', '\ud800')), (value) => {
        const { it = '' } = sendable({ it: value });
        expect(() => validateHeaderValue('it', it)).not.toThrow();
        expect(it).toMatch(/^[\x20-\x7e]*$/);
        expect(() => decodeURIComponent(it.replace(/%(?![0-9A-F]{2})/g, '%25'))).not.toThrow();
      }),
    );
  });

  test('that can be sent is sent as it is', () => {
    const headers = { 'x-sluice-model': 'lab/m 100%', empty: '' };
    expect(sendable(headers)).toBe(headers);
  });
});

describe('a list of names', () => {
  test('has each of them between commas, whatever is in it', () => {
    expect(listOf(['seed', 'image_url.detail'])).toBe('seed,image_url.detail');
    fc.assert(
      fc.property(
        fc.array(
          anything.filter((name) => name.isWellFormed()),
          { minLength: 1, maxLength: 5 },
        ),
        (names) => {
          expect(listOf(names).split(',').map(decodeURIComponent)).toEqual(names);
        },
      ),
    );
  });

  test('ends where it would take the place of all other headers, and never inside a letter', () => {
    expect(listOf(['a'.repeat(64), 'b'.repeat(6_000_000)])).toBe(`${'a'.repeat(64)},${'b'.repeat(64)}...`);
    const many = listOf(Array.from({ length: 5_000 }, (_, at) => `鍵${at}`));
    expect(many.length).toBeLessThan(1_030);
    expect(decodeURIComponent(many)).toMatch(/^鍵0,(鍵\d+,){20,}\.\.\.$/);
    expect(decodeURIComponent(listOf(['😀'.repeat(500)]))).toMatch(/^😀{10,}\.\.\.$/u);
  });
});
