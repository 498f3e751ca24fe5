import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { countedAlerts, countedLedger } from '../../lib/aws/counted-books.ts';
import { printer } from '../../lib/aws/emf.ts';
import { metricUnits } from '../../lib/aws/metric-names.ts';
import { embeddedMetrics } from '../../lib/aws/metrics.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Kind } from '../../lib/ledger/admission.ts';
import { failureOf } from '../support/bytes.ts';
import { asking, scope } from '../support/ledgers.ts';
import { recordOf } from '../support/records.ts';
import { fakeWorld } from '../support/world.ts';

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => printed.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

const { log, ledger } = fakeWorld();
const print = printer(log);
const metrics = embeddedMetrics(log, print);
const lines = () => printed.map((line) => JSON.parse(line));

describe('a line of metrics', () => {
  test('is what CloudWatch reads: by provider and model, and all together, with a unit for each number', async () => {
    await metrics.call(recordOf());
    const [{ _aws, provider, model, ...line }, ...more] = lines();
    expect(more).toEqual([]);
    expect([provider, model]).toEqual(['lab', 'm']);
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    expect([Namespace, Dimensions]).toEqual(['Sluice', [['provider', 'model'], []]]);
    expect(Math.abs(_aws.Timestamp - Date.now())).toBeLessThan(60_000);
    expect(Metrics.length).toBeGreaterThan(5);
    expect(Metrics).toEqual(
      Object.entries(metricUnits).flatMap(([Name, Unit]) => (Name in line ? { Name, Unit } : [])),
    );
    for (const { Name } of Metrics) expect(line[Name]).toBeTypeOf('number');
    expect(line).toMatchObject({ id: 'req_1', tenant: 'acme', keyId: 'key_1', CostUsd: 0.000016 });
    expect(line).not.toHaveProperty('service');
  });

  test.each([
    ['lab/modèle très grand', 'mod?le?tr?s?grand'],
    ['lab/:latest', '?latest'],
    ['lab/', 'unknown'],
    [`lab/${'x'.repeat(2_000)}`, 'x'.repeat(250)],
  ])('of %s has a dimension that CloudWatch takes', async (model, dimension) => {
    await metrics.call(recordOf({ model, attempts: [] }));
    expect(lines()).toMatchObject([{ provider: 'lab', model: dimension, Calls: 1 }]);
  });

  test('that cannot be printed fails nobody, and is told to the operator', async () => {
    const world = fakeWorld();
    await printer(world.log)({ values: { Calls: 1 }, about: { Calls: 'a word' } });
    expect(printed).toEqual([]);
    expect(world.written.lines).toMatchObject([{ level: 'error', message: 'A metric could not be printed.' }]);
  });
});

describe('beside calls', () => {
  test.each([
    ['dollars', 'RefusedDollars'],
    ['requests', 'RefusedRequests'],
    ['tokens', 'RefusedTokens'],
    ['concurrent', 'RefusedConcurrent'],
  ] as const)('a call that is not let in for want of %s counts as %s, and says by whose limit', async (kind, name) => {
    await metrics.refused(refusalOf(kind), asking('req_1', [], 100));
    expect(lines()).toMatchObject([{ [name]: 1, tenant: 'acme', keyId: 'key_1', scope: 'user', name: 'bob' }]);
    expect(lines()[0]._aws.CloudWatchMetrics[0].Dimensions).toEqual([[]]);
  });

  test('what should not happen counts on a laptop, too, where calls are not printed', async () => {
    const laptop = embeddedMetrics(log, async () => {});
    await laptop.call(recordOf());
    await laptop.refused(refusalOf('tokens'), asking('req_1', [], 100));
    expect(printed).toEqual([]);
    laptop.count('CacheUnavailable');
    await expect.poll(lines).toMatchObject([{ CacheUnavailable: 1 }]);
  });

  test('a ledger that does not know refuses as before, and is counted once nobody waits', async () => {
    const away = new GatewayError('gateway_unavailable', { message: 'away' });
    const refusing = countedLedger({ ...ledger, reserve: () => Promise.reject(away) }, print);
    expect(await failureOf(refusing.reserve(asking('req_1', [], 100)))).toBe(away);
    expect(await failureOf(refusing.reserve(asking('req_2', [], 100)))).toBe(away);
    expect(printed).toEqual([]);
    await refusing.idle();
    await refusing.idle();
    expect(lines()).toMatchObject([{ LedgerUnavailable: 2 }]);
  });

  test('another failure of the ledger is no want of knowledge', async () => {
    const broken = countedLedger({ ...ledger, reserve: () => Promise.reject(new Error('odd')) }, print);
    await expect(broken.reserve(asking('req_1', [], 100))).rejects.toThrow('odd');
    await broken.idle();
    expect(printed).toEqual([]);
  });

  test('a budget that crosses a threshold is told first, and drawn then', async () => {
    const told: string[] = [];
    const alert = { tenant: 'acme', scope: 'user', name: 'bob', window: 'day', thresholdPercent: 80 } as const;
    const whole = { ...alert, id: 'alert_1', period: '2026-11-26', spentUsd: '8', limitUsd: '10' };
    await countedAlerts({ send: async ({ id }) => void told.push(id) }, print).send(whole);
    expect(told).toEqual(['alert_1']);
    expect(lines()).toMatchObject([{ BudgetUse: 80, tenant: 'acme', scope: 'user', name: 'bob', window: 'day' }]);
    const failing = countedAlerts({ send: () => Promise.reject(new Error('no topic')) }, print);
    await expect(failing.send(whole)).rejects.toThrow('no topic'); // so that the next call tries again
    expect(lines()).toHaveLength(1);
  });
});

const refusalOf = (kind: Kind) =>
  ({ scope: scope('user', 'bob'), kind, limit: 1, spent: 1, held: 0, wanted: 1, soon: false }) as const;
