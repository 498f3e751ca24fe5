import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idMaker, idsSince, madeAt } from '../lib/ids.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 });

test('ids sort by the millisecond they were made in, whatever chance adds', () => {
  const chance = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(time, time, chance, chance, (one, other, dice, otherDice) => {
      const earlier = idMaker(
        'req_',
        () => Math.min(one, other),
        () => dice,
      )();
      const later = idMaker(
        'req_',
        () => Math.max(one, other),
        () => otherDice,
      )();
      if (one !== other) expect(earlier < later).toBe(true);
    }),
  );
});

test('ids have one form: prefix, ten characters of time, sixteen of chance', () => {
  fc.assert(
    fc.property(time, (now) => {
      expect(idMaker('key_', () => now + 0.5)()).toMatch(/^key_[0-9a-hjkmnp-tv-z]{26}$/);
    }),
  );
  expect(
    idMaker(
      '',
      () => 0,
      () => new Uint8Array(16),
    )(),
  ).toBe('0'.repeat(26));
  expect(
    idMaker(
      '',
      () => 2 ** 48,
      () => new Uint8Array(16).fill(31),
    )(),
  ).toBe(`8000000000${'z'.repeat(16)}`);
});

test('ids made in the same millisecond differ', () => {
  const newId = idMaker('req_', () => 1);
  expect(new Set(Array.from({ length: 1000 }, newId)).size).toBe(1000);
});

test('ids made since a moment sort after its mark, and no others', () => {
  fc.assert(
    fc.property(time, time, (made, since) => {
      expect(idMaker('req_', () => made)() > idsSince('req_', since)).toBe(made >= since);
    }),
  );
});

test('an id says when it was made, in the order in which ids sort, and what is none says nothing', () => {
  fc.assert(
    fc.property(time, (now) => {
      expect(madeAt(idMaker('req_', () => now + 0.5)())).toBe(now);
      expect(madeAt(idsSince('req_', now))).toBe(now);
    }),
  );
  expect(madeAt('req_a')).toBe(10 * 32 ** 9);
  expect(madeAt('req_no id!')).toBeNaN();
});
