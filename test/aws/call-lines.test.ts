import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCallLines } from '../../lib/aws/call-lines.ts';
import { metricUnits } from '../../lib/aws/metric-names.ts';
import type { CallRecord } from '../../lib/world.ts';
import { attemptOf, recordOf } from '../support/records.ts';

const valuesOf = (more: Partial<CallRecord>) => {
  const [line] = toCallLines(recordOf(more));
  return JSON.parse(JSON.stringify(line?.values)); // without what is left out
};
const failedWith = (errorCode: string, ...attempts: CallRecord['attempts']) =>
  toCallLines(recordOf({ status: 'failed', errorCode, attempts }));

describe('a call as metrics', () => {
  test('says who answered, what it read and wrote, what it cost and how long it took, and nothing that did not happen', () => {
    const about = { id: 'req_1', tenant: 'acme', keyId: 'key_1', user: 'bob', feature: 'search', cache: 'off' };
    expect(toCallLines(recordOf({ user: 'bob', feature: 'search', prompt: 'p@1', metadata: { a: 'b' } }))).toEqual([
      {
        by: { provider: 'lab', model: 'm' },
        about,
        values: {
          Calls: 1,
          Faults: 0,
          PromptTokens: 10,
          CompletionTokens: 3,
          CostUsd: 0.000016,
          LatencyMs: 90,
          FirstTokenMs: 81.5,
          OwnMs: 1.5,
          TargetFailed: 0,
        },
      },
    ]);
  });

  test.each([
    ['provider_overloaded', 'ProviderErrors'],
    ['rate_limit_exceeded', 'ProviderErrors'],
    ['timeout', 'ProviderErrors'],
    ['internal_error', 'GatewayErrors'],
    ['a_code_of_tomorrow', 'GatewayErrors'],
    ['content_filter', 'CallerErrors'],
    ['client_closed', 'CallerErrors'],
  ])('%s is one error, and one of the %s', (errorCode, source) => {
    const values = valuesOf({ status: 'failed', errorCode });
    expect(values.Faults).toBe(source === 'CallerErrors' ? 0 : 1); // a fault is nothing that its caller can mend
    const errors = Object.entries(values).filter(([name]) => name.endsWith('Errors'));
    expect(errors).toEqual([
      ['Errors', 1],
      [source, 1],
    ]);
  });

  test('an answer from a cache is a hit that saved money, and no attempt of anybody', () => {
    const hit = valuesOf({ cache: 'semantic-hit', savedNanoUsd: 2_000_000, attempts: [] });
    expect(hit).toMatchObject({ CacheHits: 1, SavedUsd: 0.002, Calls: 1 });
    for (const name of ['TargetFailed', 'Fallbacks', 'Retries']) expect(hit).not.toHaveProperty(name);
    expect(valuesOf({ cache: 'miss' })).not.toHaveProperty('CacheHits');
  });

  test('a fallback is told of both: who answered, and who did not', () => {
    const [answered, failed, ...more] = toCallLines(
      recordOf({
        model: 'lab/m',
        attempts: [attemptOf('west/m', 429), attemptOf('west/m', 'timeout'), attemptOf('lab/m', 200)],
      }),
    );
    expect(answered).toMatchObject({
      by: { provider: 'lab', model: 'm' },
      values: { Fallbacks: 1, Retries: 2, Throttles: 1, TargetFailed: 0 },
    });
    expect(failed).toMatchObject({ by: { provider: 'west', model: 'm' }, values: { TargetFailed: 1 } });
    expect(failed?.values).not.toHaveProperty('Calls');
    expect(more).toEqual([]);
  });

  test.each([500, 503, 529, 401, 403, 429, 'timeout', 'reset', 'cut', 'failed'])(
    '%j says that a target fails',
    (status) => {
      expect(valuesOf({ attempts: [attemptOf('lab/m', status)] }).TargetFailed).toBe(1);
      expect(valuesOf({ attempts: [attemptOf('lab/m', status), attemptOf('lab/m', 200)] }).TargetFailed).toBe(0);
    },
  );

  test.each([200, 400, 404, 413, 422])('%j says that a target works, whatever is wrong with the call', (status) => {
    expect(valuesOf({ attempts: [attemptOf('lab/m', status)] }).TargetFailed).toBe(0);
  });

  test('a caller who left says nothing of a target, and several batches are no retries', () => {
    expect(valuesOf({ attempts: [attemptOf('lab/m', 'closed')] })).not.toHaveProperty('TargetFailed');
    const batches = { attempts: [attemptOf('lab/m', 200), attemptOf('lab/m', 200)] };
    expect(valuesOf(batches)).not.toHaveProperty('Retries');
  });

  test('a model that is not there is a word of the caller, and gets no metric of its own', () => {
    const [line] = failedWith('model_not_found', attemptOf('lab/m', 404));
    expect(line?.by).toEqual({ provider: 'lab', model: 'unknown' });
    const { model: _, ...unsent } = recordOf({ status: 'failed', errorCode: 'provider_credentials', attempts: [] });
    expect(toCallLines(unsent)[0]?.by).toEqual({ provider: 'unknown', model: 'unknown' });
  });

  test('whatever becomes of a call, it is counted once, in numbers, by names that are known', () => {
    const target = fc.constantFrom('lab/m', 'west/m', 'lab/a/b', 'odd');
    const attempt = fc.record({
      target,
      provider: fc.constant('lab'),
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom('timeout', 'closed', 'cut')),
      ms: fc.nat(),
    });
    const code = fc.constantFrom('timeout', 'model_not_found', 'constructor', '');
    fc.assert(
      fc.property(fc.array(attempt), target, fc.option(code), fc.nat(), (attempts, model, errorCode, nano) => {
        const failed = errorCode === null ? {} : { status: 'failed' as const, errorCode };
        const lines = toCallLines(recordOf({ attempts, model, ...failed, savedNanoUsd: nano, cache: 'hit' }));
        const all = lines.flatMap(({ values }) => Object.entries(values).filter(([, value]) => value !== undefined));
        expect(all.filter(([name]) => name === 'Calls')).toEqual([['Calls', 1]]);
        for (const [name, value] of all) {
          expect(Object.keys(metricUnits)).toContain(name);
          expect(value).toSatisfy((number: number) => Number.isFinite(number) && number >= 0);
        }
        for (const { by } of lines) for (const word of Object.values(by ?? {})) expect(word).not.toBe('');
      }),
    );
  });
});
