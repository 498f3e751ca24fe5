import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asUtf8 } from '../../lib/pipeline/as-utf8.ts';

test('a text comes back that was sent as UTF-8, and one that is read already stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = Buffer.from(text).toString('latin1');
      expect(asUtf8(bytes)).toBe(text);
      if (/[\u0100-\uffff]/.test(text)) expect(asUtf8(text)).toBe(text);
    }),
  );
});

test('bytes that are no UTF-8 stay as they are', () => {
  for (const text of ['José', 'ann', '', 'caf\u00e9 \u00ff', '\u00c3']) expect(asUtf8(text)).toBe(text);
});
