import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toLimits } from '../../lib/aws/access-limits.ts';
import { tenantName } from '../../lib/aws/access-schema.ts';
import { type Limits, noLimits, priorities, unlimited } from '../../lib/ledger/limits.ts';
import { budgeted, limited, type Payer, scopesOf } from '../../lib/ledger/scopes.ts';

const payer: Payer = { tenant: 'acme', keyId: 'key_1', limits: unlimited, priority: 'standard' };
const day = (nanoDollars: number): Limits => ({ budgets: { day: nanoDollars }, rates: {} });
const lab = { name: 'lab' };
const scopes = (more: Partial<Payer> = {}, host: Parameters<typeof scopesOf>[1] = lab, defaults?: Limits['budgets']) =>
  scopesOf({ ...payer, ...more }, host, defaults);
const ids = (more: Partial<Payer> = {}, host = lab) => scopes(more, host).map(({ id }) => id);

describe('a call', () => {
  test('is always counted for its key and its tenant, whatever their limits', () => {
    expect(scopes()).toEqual([
      { kind: 'key', name: 'key_1', id: 'key#key_1', limits: noLimits },
      { kind: 'tenant', name: 'acme', id: 'tenant#acme', limits: { budgets: {}, rates: {} } },
    ]);
    const limits = { ...unlimited, key: day(1), tenant: day(2) };
    expect(scopes({ limits }).map((each) => [each.id, each.limits])).toEqual([
      ['key#key_1', day(1)],
      ['tenant#acme', day(2)],
    ]);
  });

  test('is counted for its user where users have limits, each of its own', () => {
    const limits = { ...unlimited, user: day(3) };
    expect(ids({ user: 'bob' })).toEqual(['key#key_1', 'tenant#acme']);
    expect(ids({ limits })).toEqual(['key#key_1', 'tenant#acme']);
    expect(scopes({ limits, user: 'bob' })).toContainEqual({
      kind: 'user',
      name: 'bob',
      id: 'user#acme#bob',
      limits: day(3),
    });
    expect(ids({ limits, user: 'ann' })).toContain('user#acme#ann');
  });

  test('is counted for its feature where that one has limits', () => {
    const limits = { ...unlimited, features: { search: day(4), chat: noLimits } };
    expect(scopes({ limits, feature: 'search' })).toContainEqual({
      kind: 'feature',
      name: 'search',
      id: 'feature#acme#search',
      limits: day(4),
    });
    for (const feature of ['chat', 'else', 'toString', '__proto__', 'constructor', undefined])
      expect(ids({ limits, feature })).toEqual(['key#key_1', 'tenant#acme']);
  });

  test('is counted for its provider where that one’s capacity is stated, and knows who shares it', () => {
    expect(scopes({}, { name: 'lab', rates: { rpm: 10 } }).at(-1)).toMatchObject({
      kind: 'provider',
      name: 'lab',
      id: 'provider#lab',
      limits: { rates: { rpm: 9 } },
      sharer: { tenant: 'acme' },
    });
  });

  test('is let in by all of them at once', () => {
    const limits = { tenant: day(1), key: day(2), user: day(3), features: { search: day(4) } };
    const all = scopes({ limits, user: 'bob', feature: 'search' }, { name: 'lab', rates: { concurrent: 4 } });
    expect(all.map(({ kind }) => kind).sort()).toEqual(['feature', 'key', 'provider', 'tenant', 'user']);
  });
});

describe('the budgets of a tenant', () => {
  const defaults = { day: 25_000_000_000 };
  const tenantsOf = (tenant: Limits) =>
    scopes({ limits: { ...unlimited, tenant } }, lab, defaults).find(({ kind }) => kind === 'tenant')?.limits;

  test('are the operator’s defaults where it says nothing', () => {
    expect(tenantsOf(noLimits)).toEqual({ budgets: defaults, rates: {} });
    expect(tenantsOf({ rates: { rpm: 5 } })).toEqual({ budgets: defaults, rates: { rpm: 5 } });
    expect(tenantsOf(toLimits({}))).toEqual({ budgets: defaults, rates: {} });
    expect(tenantsOf(toLimits({ budgets: {} }))).toEqual({ budgets: defaults, rates: {} });
  });

  test('are its own where it speaks of any, and none where it writes none', () => {
    expect(tenantsOf(toLimits({ budgets: { month: 1 } }))).toEqual({ budgets: { month: 1_000_000_000 }, rates: {} });
    expect(tenantsOf(toLimits({ budgets: 'none' }))).toEqual({ budgets: {}, rates: {} });
    expect(tenantsOf(toLimits({ budgets: { day: 'none' } }))).toEqual({ budgets: {}, rates: {} });
  });

  test('are none where nobody speaks of any, and no defaults are taken for its keys', () => {
    expect(scopes().some(budgeted)).toBe(false);
    const [key, tenant] = scopes({}, lab, defaults);
    expect([key, tenant].map((each) => each !== undefined && budgeted(each))).toEqual([false, true]);
  });
});

describe('the counter of a scope', () => {
  const tenant = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,12}$/);
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.stringMatching(/^[a#]{1,6}$/),
    fc.integer({ min: 500, max: 530 }).map((length) => 'ä'.repeat(length / 2)),
    fc
      .tuple(fc.integer({ min: 508, max: 1_200 }), fc.constantFrom('a', 'b'))
      .map(([long, end]) => `${'x'.repeat(long)}${end}`),
  );
  const payers = fc.record({ tenant, user: name, feature: name }).filter(({ feature }) => feature !== '__proto__');
  const idsOf = ({ tenant: of, user, feature }: { tenant: string; user: string; feature: string }) => {
    const limits = { ...unlimited, user: day(1), features: { [feature]: day(1) } };
    return scopes({ tenant: of, keyId: `key_${of}`, user, feature, limits }, { name: 'lab', rates: { rpm: 1 } });
  };

  test('is its own: no two scopes share one, whatever they are called', () => {
    fc.assert(
      fc.property(payers, payers, (one, other) => {
        const found = [...idsOf(one), ...idsOf(other)].filter(({ kind }) => kind !== 'provider');
        const owners = found.map(({ kind, name }, index) => {
          const { tenant } = index < found.length / 2 ? one : other;
          return JSON.stringify(kind === 'user' || kind === 'feature' ? [kind, tenant, name] : [kind, name]);
        });
        for (const [index, { id }] of found.entries())
          for (const [before, { id: otherId }] of found.entries())
            expect(id === otherId).toBe(owners[index] === owners[before]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of a user is not that of another tenant’s, though they be called so that the ids look alike', () => {
    const limits = { ...unlimited, user: day(1) };
    // A tenant's name cannot hold the sign that separates it.
    expect(tenantName.test('a#b')).toBe(false);
    expect(ids({ tenant: 'a', user: 'b#c', limits })).not.toContain(ids({ tenant: 'a.b', user: 'c', limits })[1]);
    expect(ids({ tenant: 'a', user: 'b#c', limits })).toContain('user#a#b#c');
  });

  test('fits into a key of the table, however long a name is, and the name is told whole', () => {
    const limits = { ...unlimited, user: day(1), features: { ['ü'.repeat(512)]: day(1) } };
    const found = scopes({ tenant: 't'.repeat(64), limits, user: '漢'.repeat(512), feature: 'ü'.repeat(512) });
    for (const { id } of found) expect(Buffer.byteLength(id)).toBeLessThan(1_024);
    expect(found.map(({ name }) => name)).toEqual(['key_1', '漢'.repeat(512), 'ü'.repeat(512), 't'.repeat(64)]);
    const exact = scopes({ limits, user: 'x'.repeat(512) }).find(({ kind }) => kind === 'user');
    expect(exact?.id).toBe(`user#acme#${'x'.repeat(512)}`);
  });

  test('takes half a character, which JSON can spell and a table cannot hold, and tells two halves apart', () => {
    const limits = { ...unlimited, user: day(1) };
    const found = ['\ud800', '\ud801', '\ufffd'].map((user) => ids({ user, limits })[1] ?? '');
    expect(found.every((id) => id.isWellFormed())).toBe(true);
    expect(new Set(found).size).toBe(3);
  });
});

describe('the capacity of a provider', () => {
  const ratesFor = (rates: Limits['rates'], priority: Payer['priority']) =>
    scopes({ priority }, { name: 'lab', rates }).find(({ kind }) => kind === 'provider')?.limits.rates;

  test('is kept free in parts for calls of higher priority', () => {
    const rates = { rpm: 100, tpm: 1_000, concurrent: 10 };
    expect(ratesFor(rates, 'low')).toEqual({ rpm: 70, tpm: 700, concurrent: 7 });
    expect(ratesFor(rates, 'standard')).toEqual({ rpm: 90, tpm: 900, concurrent: 9 });
    expect(ratesFor(rates, 'high')).toEqual(rates);
  });

  test('is whole, never more for a lower priority, and always enough for one call', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (rpm) => {
        const parts = priorities.map((priority) => ratesFor({ rpm }, priority)?.rpm ?? Number.NaN);
        expect(parts.every(Number.isInteger)).toBe(true);
        expect(parts).toEqual([...parts].sort((one, other) => one - other));
        expect(parts[0]).toBeGreaterThanOrEqual(Math.min(1, rpm));
        expect(parts.at(-1)).toBe(rpm);
      }),
    );
  });

  test('limits what is stated, and nothing else', () => {
    expect(ratesFor({ concurrent: 3 }, 'low')).toEqual({ concurrent: 2 });
    expect(ratesFor({ tpm: 0 }, 'high')).toEqual({ tpm: 0 });
    expect(scopes({}, { name: 'lab', rates: { rpm: 1 } }).some(budgeted)).toBe(false);
  });
});

test.each<[Limits, boolean]>([
  [noLimits, false],
  [{ budgets: {}, rates: {} }, false],
  [{ budgets: { day: undefined }, rates: { rpm: undefined } }, false],
  [{ budgets: { total: 0 }, rates: {} }, true],
  [{ rates: { concurrent: 0 } }, true],
])('a place is held where anything is limited: %j %s', (limits, expected) => {
  expect(limited(limits)).toBe(expected);
});
