import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toErrorBody, toErrorHeaders } from '../../lib/errors.ts';
import type { Kind, Refusal, ScopeKind } from '../../lib/ledger/admission.ts';
import { windows } from '../../lib/ledger/limits.ts';
import { toRefused } from '../../lib/pipeline/refused.ts';
import { scope } from '../support/ledgers.ts';

const midnight = Date.UTC(2026, 10, 24);
const spent: Refusal = {
  scope: scope('tenant', 'acme'),
  kind: 'dollars',
  window: 'day',
  limit: 5_000_000_000,
  spent: 4_990_000_001,
  held: 0,
  wanted: 20_000_000,
  resetAt: midnight,
  retryAfterMs: 43_200_000,
  soon: false,
};
const refusal = (more: Partial<Refusal> = {}): Refusal => ({ ...spent, ...more });
const told = (given: Refusal) => {
  const error = toRefused(given, {});
  return { error, body: toErrorBody(error, 'req_1').error, headers: toErrorHeaders(error) };
};
const own: readonly ScopeKind[] = ['key', 'user', 'feature', 'tenant'];

describe('a budget that is used up', () => {
  test('is told with scope, window, limit, what is spent, what the call may cost, and when it resets', () => {
    const { body } = told(spent);
    for (const part of ['tenant', 'acme', 'day', '$5 ', '$4.990000001', '$0.02', '2026-11-24T00:00:00.000Z'])
      expect(body.message).toContain(part);
    expect(body).toEqual({
      message: body.message,
      type: 'insufficient_quota',
      param: null,
      code: 'budget_exceeded',
      source: 'gateway',
      request_id: 'req_1',
      limit: {
        scope: 'tenant',
        name: 'acme',
        kind: 'dollars',
        window: 'day',
        limit: 5,
        spent: 4.990000001,
        held: 0,
        resets_at: '2026-11-24T00:00:00.000Z',
      },
    });
  });

  test('is a 429 that no SDK tries again, and that says after how long it may', () => {
    const { error, headers } = told(refusal({ retryAfterMs: 1_500 }));
    expect(error.status).toBe(429);
    expect(headers).toMatchObject({ 'x-should-retry': 'false', 'retry-after': '2', 'retry-after-ms': '1500' });
  });

  test.each(own.flatMap((kind) => windows.map((window) => [kind, window] as const)))(
    'of a %s for the %s is named in the message',
    (kind, window) => {
      const { body } = told(refusal({ scope: scope(kind, 'name-1'), window }));
      expect(body.message).toMatch(new RegExp(`\\b${kind}\\b`));
      expect(body.message).toMatch(new RegExp(`\\b${window}\\b`));
      expect(body.message).toContain('name-1');
      expect(body.limit).toMatchObject({ scope: kind, name: 'name-1', window });
    },
  );

  test('in all does not reset, and no wait is asked for', () => {
    const { body, headers } = told(refusal({ window: 'total', resetAt: undefined, retryAfterMs: undefined }));
    expect(body.message).toContain('does not reset');
    expect(body.limit).not.toHaveProperty('resets_at');
    expect(Object.keys(headers)).toEqual(['x-should-retry']);
  });

  test('is not said of one that has spent nothing and is too small for the call', () => {
    const { body, headers } = told(refusal({ spent: 0, wanted: 7_000_000_000, retryAfterMs: undefined }));
    expect(body.message).not.toContain('used up');
    for (const part of ['$0 of $5', '$7', 'tenant acme', 'day']) expect(body.message).toContain(part);
    expect(headers).not.toHaveProperty('retry-after');
  });
});

test('money that calls under way hold is no empty budget: a moment later there may be room', () => {
  const { body, headers, error } = told(
    refusal({ spent: 4_000_000_000, held: 990_000_000, soon: true, retryAfterMs: 1_000 }),
  );
  expect([error.status, body.code, body.type]).toEqual([429, 'rate_limit_exceeded', 'rate_limit_error']);
  for (const part of ['tenant acme', 'day', '$4 of $5', '$0.99', 'under way']) expect(body.message).toContain(part);
  expect(body.limit).toMatchObject({ spent: 4, held: 0.99 });
  expect(headers).toEqual({ 'retry-after': '1', 'retry-after-ms': '1000' });
});

describe('a rate that is reached', () => {
  test.each([
    ['requests', { limit: 60, spent: 60, held: 0 }],
    ['tokens', { limit: 1_000, spent: 900, held: 100 }],
  ] as const)('in %s is told with its scope, its limit and the minute, and when to try again', (kind, amounts) => {
    const { body, headers, error } = told(
      refusal({ kind, window: 'minute', ...amounts, wanted: 1, resetAt: midnight, retryAfterMs: 20_001 }),
    );
    expect([error.status, body.code, body.type]).toEqual([429, 'rate_limit_exceeded', 'rate_limit_error']);
    for (const part of [kind, 'tenant acme', 'minute', String(amounts.limit), String(amounts.spent)])
      expect(body.message).toContain(part);
    expect(body.message).not.toContain('$');
    expect(body.limit).toEqual({
      scope: 'tenant',
      name: 'acme',
      kind,
      window: 'minute',
      ...amounts,
      resets_at: '2026-11-24T00:00:00.000Z',
    });
    expect(headers).toEqual({ 'retry-after': '21', 'retry-after-ms': '20001' });
  });

  test('in calls at once is told with how many there are', () => {
    const amounts = { limit: 3, spent: 1, held: 2, wanted: 1, window: undefined, resetAt: undefined };
    const { body, headers } = told(refusal({ kind: 'concurrent', ...amounts, retryAfterMs: 1_000 }));
    for (const part of ['tenant acme', '3 calls under way', 'concurrent']) expect(body.message).toContain(part);
    expect(body.limit).toEqual({ scope: 'tenant', name: 'acme', kind: 'concurrent', limit: 3, spent: 1, held: 2 });
    expect(headers['retry-after']).toBe('1');
  });

  test.each(['requests', 'tokens', 'concurrent'] as const)('in %s, of nothing, is not to be tried again', (kind) => {
    const never = { window: 'minute', limit: 0, spent: 0, wanted: 1, retryAfterMs: undefined } as const;
    const { body, headers } = told(refusal({ kind, ...never }));
    expect(headers).toEqual({ 'x-should-retry': 'false' });
    expect(body.message).not.toContain('Try again');
  });

  test('comes with the rates as they stand', () => {
    const error = toRefused(refusal({ kind: 'requests', window: 'minute' }), {
      requests: { limit: 60, remaining: 0, resetMs: 1_500 },
    });
    expect(toErrorHeaders(error)).toMatchObject({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1.5s',
    });
  });
});

describe('a provider that is full', () => {
  const kinds: readonly Kind[] = ['requests', 'tokens', 'concurrent'];

  test('is told by its name, and with nothing that other tenants use of it', () => {
    // Numbers that cannot stand in a message by chance.
    const amount = fc.integer({ min: 7_000_001, max: 9_000_000 });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), amount, amount, amount, fc.boolean(), (kind, limit, used, held, soon) => {
        const given = refusal({
          scope: scope('provider', 'lab'),
          kind,
          window: 'minute',
          limit,
          spent: used,
          held,
          soon,
        });
        const { body, headers } = told({ ...given, retryAfterMs: 1_000 });
        expect(body.code).toBe('rate_limit_exceeded');
        expect(body.message).toContain('provider lab');
        const all = JSON.stringify([body, headers]);
        for (const number of [limit, used, held, used + held]) expect(all).not.toContain(String(number));
        expect(headers['retry-after']).toBe('1');
      }),
    );
  });
});
