import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, type Json } from '../../lib/audit/canonical.ts';
import { type Change, DAY_END, type Entry, hashOf, placeOf, positionAt } from '../../lib/audit/entry.ts';
import { type Head, nextEntry } from '../../lib/audit/next-entry.ts';
import type { Found } from '../../lib/audit/verifier.ts';
import { verified } from '../support/verified.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 26, 12);
const whole = { whole: true, now: START };

const changeOf = (source: string, after: Json = { budgets: { day: 5 } }): Change => ({
  at: '2026-11-26T11:59:59.000Z',
  principal: 'arn:aws:sts::123456789012:assumed-role/Operator/ada',
  action: 'tenant.change',
  subject: 'tenant acme',
  before: {},
  after,
  source,
});

const headOf = (last: Entry | undefined): Head | undefined =>
  last && {
    ...{ day: last.day, number: last.number, hash: last.hash },
    ...(last.ttl !== undefined && { ttl: last.ttl }),
    ended: last.action === DAY_END,
  };

/** A log as writers make it whose changes come at these moments, each kept for as many days as were in force then. */
function logOf(moments: readonly number[], ...kept: readonly (number | undefined)[]): readonly Entry[] {
  const log: Entry[] = [];
  for (const [at, now] of moments.entries()) {
    for (;;) {
      const keptDays = kept[Math.min(at, kept.length - 1)];
      const entry = nextEntry(headOf(log.at(-1)), changeOf(`change ${at}`, at), { now, keptDays });
      log.push(entry);
      if (entry.action !== DAY_END) break;
    }
  }
  return log;
}

const found = (log: readonly Entry[]): readonly Found[] => log.map((entry) => ({ place: placeOf(entry), entry }));

/** Hours between one change and the next: some in a day, some over days. */
const logs = fc
  .array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 12 })
  .map((pauses) =>
    logOf(pauses.map((_, at) => START + pauses.slice(0, at).reduce((sum, each) => sum + each, 0) * 3_600_000)),
  );

/** A log, and one place in it. */
const placed = logs.chain((log) => fc.tuple(fc.constant(log), fc.nat({ max: log.length - 1 })));

describe('JSON in its canonical form', () => {
  test('says what it said, and the same is the same text, in whatever order it was built', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const said: Json = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonical(said))).toEqual(said);
        expect(canonical(reversed(said))).toBe(canonical(said));
      }),
    );
  });

  test('is two texts for two values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [a, b]: readonly Json[] = JSON.parse(JSON.stringify([one, other]));
        fc.pre(a !== undefined && b !== undefined);
        expect(canonical(a ?? null) === canonical(b ?? null)).toBe(same(a, b));
      }),
    );
    expect(canonical({ b: 1, a: [true, null, 'x'], c: undefined })).toBe('{"a":[true,null,"x"],"b":1}');
  });
});

describe('a log', () => {
  test('as it was written is right, and each of its days but the last ends in an entry that says so', () => {
    fc.assert(
      fc.property(logs, (log) => {
        expect(verified(found(log), whole)).toBeUndefined();
        const ends = log.filter(({ action }) => action === DAY_END).map(({ day }) => day);
        expect(ends).toEqual([...new Set(log.map(({ day }) => day))].slice(0, -1));
        expect([...log].map(placeOf).sort()).toEqual(log.map(placeOf));
      }),
    );
  });

  test('of which one entry was altered is found out there, whatever was altered', () => {
    const alteration = fc.constantFrom<Partial<Entry>>(
      { principal: 'arn:aws:iam::1:user/eve' },
      { at: '2026-11-26T00:00:00.000Z' },
      { after: { budgets: 'none' } },
      { before: { budgets: { day: 1 } } },
      { reason: 'maintenance' },
      { source: 'other' },
      { ttl: 1 },
      { hash: '0'.repeat(64) },
      { previous: undefined, hash: '1'.repeat(64) },
    );
    fc.assert(
      fc.property(placed, alteration, ([log, at], altered) => {
        const tampered = log.map((entry, each) => (each === at ? { ...entry, ...altered } : entry));
        expect(verified(found(tampered), whole)).toEqual({
          place: placeOf(log[at] ?? { day: '', number: 0 }),
          problem: expect.stringMatching(/was altered/),
        });
      }),
    );
  });

  test('of which an entry was altered with its hash is found out at the next one', () => {
    fc.assert(
      fc.property(placed, ([log, at]) => {
        fc.pre(at < log.length - 1);
        const forged = log.map((entry, each) => (each === at ? rehashed({ ...entry, principal: 'eve' }) : entry));
        expect(verified(found(forged), whole)).toMatchObject({
          place: found(log)[at + 1]?.place,
          problem: expect.stringMatching(/does not follow from .*: one of the two was replaced/),
        });
      }),
    );
  });

  test('of which any run of entries before the last is missing, or an end of a day, is found out', () => {
    fc.assert(
      fc.property(placed, fc.nat({ max: 5 }), ([log, at], more) => {
        fc.pre(at + more < log.length - 1);
        const cut = log.filter((_, each) => each < at || each > at + more);
        expect(verified(found(cut), whole)).toMatchObject({ problem: expect.stringMatching(/missing/) });
      }),
    );
  });

  test('of which two entries were swapped, or one was copied to another place, is found out', () => {
    fc.assert(
      fc.property(placed, fc.nat(), ([log, at], step) => {
        const other = (at + 1 + (step % (log.length - 1))) % log.length;
        const places = found(log).map(({ place }) => place);
        const [one, two] = [log[at], log[other]];
        const swapped = log.map((entry, each) => (each === at ? two : each === other ? one : entry));
        const copied = log.map((entry, each) => (each === at ? two : entry));
        for (const tampered of [swapped, copied]) {
          const list = tampered.map((entry, each) => ({ place: places[each] ?? '', entry }));
          expect(verified(list, whole)?.problem).toMatch(/is not what was written there/);
        }
      }),
    );
  });

  test('into which an entry was put is found out, even one that was made with care', () => {
    fc.assert(
      fc.property(placed, ([log, at]) => {
        const before = log[at];
        fc.pre(before !== undefined && before.action !== DAY_END && at < log.length - 1);
        if (before === undefined) return;
        const forged = nextEntry({ ...before, ended: false }, changeOf('forged'), { now: Date.parse(before.logged) });
        const list = [...log.slice(0, at + 1), forged, ...log.slice(at + 1)];
        expect(verified(found(list), whole)).toBeDefined();
      }),
    );
  });

  test('that has something which is no entry is found out, and so is one without its beginning', () => {
    const log = found(logOf([START, START + 1, START + 2]));
    const junk = { place: '2026-11-26#000002', entry: undefined };
    expect(verified([...log.slice(0, 1), junk, ...log.slice(2)], whole)).toEqual({
      place: '2026-11-26#000002',
      problem: 'cannot be read: it was altered, or Sluice did not write it',
    });
    expect(verified(log.slice(1), whole)?.problem).toBe('comes after 2026-11-26#000001, which is missing');
    expect(verified(log.slice(1), { ...whole, whole: false })).toBeUndefined();
  });

  test('whose newest entries were cut is found out by the next one that is written', () => {
    const log = logOf([START, START + 1, START + 2, START + DAY_MS]);
    expect(verified(found(log.slice(0, 2)), whole)).toBeUndefined(); // nothing in it can tell
    expect(verified(found([...log.slice(0, 2), ...log.slice(3)]), whole)?.problem).toMatch(/000003, which is missing/);
  });

  test('may lack what has had its time, and nothing else', () => {
    const log = found(logOf([START, START + DAY_MS, START + 2 * DAY_MS, START + 3 * DAY_MS], 30));
    const look = (days: number) => ({ whole: true, now: START + days * DAY_MS });
    expect(verified(log, look(90))).toBeUndefined();
    expect(verified(log.slice(1), look(29))?.problem).toMatch(/000001, which is missing/);
    expect(verified(log.slice(1), look(30))).toBeUndefined();
    expect(verified([...log.slice(0, 1), ...log.slice(2)], look(31))).toBeUndefined(); // in whatever order they go
    expect(verified([...log.slice(0, 4), ...log.slice(5)], look(31))?.problem).toMatch(/which is missing/);
    expect(verified([...log.slice(0, 4), ...log.slice(5)], look(32))).toBeUndefined();
  });

  test('may lack what has had its time by what was in force when it was written, and nothing that has a moment left', () => {
    const lacking = (log: readonly Entry[], first: number, now: number) =>
      verified(found(log).slice(first), { whole: true, now })?.problem;
    const missing = expect.stringMatching(/missing/);
    const moments = [START, START + 1_000, START + 2_000];
    for (const later of [400, undefined]) {
      const raised = logOf(moments, 30, later);
      expect(lacking(raised, 1, START + 30 * DAY_MS - 1)).toEqual(missing);
      expect(lacking(raised, 1, START + 30 * DAY_MS)).toBeUndefined();
      expect(lacking(raised, 2, START + 60 * DAY_MS)).toEqual(missing);
    }
    for (const earlier of [400, undefined])
      expect(lacking(logOf(moments, earlier, 30), 1, START + 31 * DAY_MS)).toEqual(missing);
  });

  test('goes on a day later where another’s clock is ahead, and never back', () => {
    const ahead = logOf([START, START + DAY_MS, START, START + DAY_MS / 2]);
    expect(ahead.map(placeOf)).toEqual(
      ['26#000001', '26#000002', '27#000001', '27#000002', '27#000003'].map((each) => `2026-11-${each}`),
    );
    expect(verified(found(ahead), whole)).toBeUndefined();
    const ended = { day: '2026-11-26', number: 7, hash: 'h', ended: true };
    expect(nextEntry(ended, changeOf('late'), { now: START })).toMatchObject({ day: '2026-11-27', number: 1 });
  });

  test('ends a day that has no number left', () => {
    const head = { day: '2026-11-26', number: 999_998, hash: 'h', ended: false };
    expect(nextEntry(head, changeOf('late'), { now: START })).toMatchObject({ number: 999_999, action: DAY_END });
    expect(positionAt('2026-11-26#999999')).toEqual({ day: '2026-11-26', number: 999_999 });
    for (const text of ['2026-11-26', '2026-11-26#1', 'x2026-11-26#000001', ''])
      expect(positionAt(text)).toBeUndefined();
  });
});

const rehashed = (entry: Entry): Entry => ({ ...entry, hash: hashOf(entry) });

function reversed(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, each]) => [name, reversed(each ?? null)]),
  );
}

const same = (one: unknown, other: unknown): boolean => {
  try {
    expect(one).toEqual(other);
    return true;
  } catch {
    return false;
  }
};
