import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InForce } from '../../lib/aws/config-items.ts';
import { liveConfig, PATIENCE_MS } from '../../lib/aws/live-config.ts';
import { type Config, emptyConfig } from '../../lib/config/config.ts';
import { toConfig } from '../../lib/config/schema.ts';
import { fakeWorld } from '../support/world.ts';

const first: Config = { ...emptyConfig, models: { first: 'lab/m' }, ledger: { holdSeconds: 60, timeoutMs: 500 } };
const version = (number: number, content: object = { models: { [`v${number}`]: 'lab/m' } }): InForce => ({
  version: number,
  json: JSON.stringify(content),
});

function parse(json: string): Config {
  const read = toConfig(JSON.parse(json));
  if ('config' in read) return read.config;
  throw new Error(`${read.problems[0]?.path.join('.')} ${read.problems[0]?.problem}`);
}

/** A gateway's configuration over a table that the test plays. */
function house(inForce: InForce | undefined = version(1)) {
  const { now, timer, log, pass, written, timers } = fakeWorld();
  const table = { inForce: inForce as InForce | undefined, down: false, reads: 0, answer: Promise.resolve() };
  const read = async () => {
    table.reads++;
    const found = table.inForce; // what it is when it is asked
    await table.answer;
    if (table.down) throw new Error('ECONNREFUSED');
    return found;
  };
  const config = liveConfig({ read, parse, first, now, timer, log });
  return {
    table,
    config,
    pass,
    timers,
    lines: written.lines,
    number: async () => (await config()).version,
    /** Lets what runs beside come to its end. */
    settled: async () => {
      await table.answer;
      await new Promise(setImmediate);
    },
  };
}

describe('the configuration in force', () => {
  test('is read before the first call is answered, and not again within five seconds', async () => {
    const { config, table, pass, timers } = house();
    expect(await config()).toMatchObject({ version: 1, models: { v1: 'lab/m' } });
    table.inForce = version(2);
    pass(4_999);
    expect(await config()).toMatchObject({ version: 1 });
    expect([table.reads, timers()]).toEqual([1, 0]);
  });

  test('is read again beside a call, which does not wait', async () => {
    const { number, table, pass, settled } = house();
    await number();
    table.inForce = version(2);
    pass(5_000);
    const answer = Promise.withResolvers<void>();
    table.answer = answer.promise;
    expect([await number(), await number(), table.reads]).toEqual([1, 1, 2]);
    answer.resolve();
    await settled();
    expect([await number(), table.reads]).toEqual([2, 2]);
  });

  test('is waited for where the environment slept, once for all callers at the same time', async () => {
    const { number, table, pass } = house();
    await number();
    table.inForce = version(2);
    pass(25_000);
    expect(await Promise.all([number(), number(), number()])).toEqual([2, 2, 2]);
    expect(table.reads).toBe(2);
  });

  test.each(['before it is asked for again', 'afterwards'])(
    'is asked for anew where the environment slept over an answer, which fails %s',
    async (when) => {
      const { number, table, pass, settled, lines } = house();
      await number();
      pass(5_000);
      table.answer = new Promise(() => {});
      expect(await number()).toBe(1);
      pass(3_600_000); // the timer rings: nothing came
      table.answer = Promise.resolve();
      if (when !== 'afterwards') await settled();
      table.inForce = version(2);
      expect(await number()).toBe(2);
      await settled();
      expect([await number(), table.reads, lines]).toEqual([2, 3, []]);
    },
  );

  test('is waited for two seconds and no longer, and then not by the next calls either', async () => {
    const { config, table, pass, lines } = house();
    table.answer = new Promise(() => {});
    const called = [config(), config()];
    pass(PATIENCE_MS);
    expect(await Promise.all(called)).toEqual([first, first]);
    pass(4_999);
    expect(await config()).toBe(first);
    expect(table.reads).toBe(1);
    expect(lines).toMatchObject([
      { message: 'configuration cannot be read', fields: { reason: 'no answer within 2000 ms' } },
    ]);
  });

  test('is never older than thirty seconds, however calls come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 30 }), async (pauses) => {
        const { number, table, pass, settled } = house(version(1));
        const since = [0, 0]; // when each version came into force
        let now = 0;
        for (const pause of pauses) {
          const used = (await number()) ?? 0;
          const replacedAt = since[used + 1];
          expect(replacedAt === undefined ? 0 : now - replacedAt).toBeLessThan(30_000);
          await settled();
          table.inForce = version(since.length);
          since.push(now);
          pass(pause);
          now += pause;
        }
      }),
    );
  });

  test('is what the gateway was deployed with while there is no version', async () => {
    const { config, table, pass } = house();
    table.inForce = undefined;
    expect(await config()).toBe(first);
    table.inForce = version(1);
    pass(25_000);
    expect(await config()).toMatchObject({ version: 1 });
    table.inForce = undefined;
    pass(25_000);
    expect(await config()).toBe(first);
  });

  test('keeps the ledger settings that the process started with', async () => {
    const { config } = house(version(1, { ledger: { holdSeconds: 5, timeoutMs: 5 } }));
    expect((await config()).ledger).toEqual(first.ledger);
  });
});

describe('a version that this gateway cannot use', () => {
  test('leaves the one before in force, and is told once', async () => {
    const { number, table, pass, settled, lines } = house();
    await number();
    table.inForce = version(2, { routes: { fast: [] }, canary: 1 });
    for (let call = 0; call < 5; call++) {
      pass(25_000);
      expect(await number()).toBe(1);
      await settled();
    }
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'configuration cannot be used',
        fields: { version: 2, inForce: 1, reason: expect.stringContaining('is not a field of the configuration') },
      },
    ]);
    table.inForce = version(3);
    pass(25_000);
    expect(await number()).toBe(3);
  });

  test.each(['', '{', 'null}', '[]', '"x"'])('may be anything: %j', async (json) => {
    const { config, lines } = house({ version: 1, json });
    expect(await config()).toBe(first);
    expect(lines).toHaveLength(1);
  });
});

describe('a table that cannot be read', () => {
  test('leaves what was read before in force; it is told once, and not every call waits', async () => {
    const { number, table, pass, lines } = house();
    await number();
    table.down = true;
    pass(25_000);
    expect([await number(), await number(), await number()]).toEqual([1, 1, 1]);
    expect(table.reads).toBe(2);
    pass(5_000);
    expect(await number()).toBe(1);
    expect(table.reads).toBe(3);
    expect(lines.map(({ message }) => message)).toEqual(['configuration cannot be read']);
    table.down = false;
    table.inForce = version(2);
    pass(5_000);
    expect(await number()).toBe(2);
  });

  test('from the start leaves what the gateway was deployed with', async () => {
    const { config, table, lines } = house();
    table.down = true;
    expect(await config()).toBe(first);
    expect(lines).toHaveLength(1);
  });
});
