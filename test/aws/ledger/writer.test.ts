import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import type { Memory, Write } from '../../../lib/aws/ledger/counters.ts';
import { type Intent, intent } from '../../../lib/aws/ledger/intent.ts';
import { Unmade, writer } from '../../../lib/aws/ledger/writer.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { failureOf } from '../../support/bytes.ts';
import { startCounting } from '../../support/counting.ts';
import { scratch } from '../../support/gateway.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
let line: Awaited<ReturnType<typeof startCounting>>;
let client: DynamoDB;
let write: Write;
let memory: Memory;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
  line = await startCounting(tables.endpoint);
  client = dynamodb({ endpoint: line.endpoint, tryMs: 2_500, tries: 1 });
  ({ write, memory } = writer(client, localTableNames.counters, { timeoutMs: 1_000, random: Math.random }));
});
afterAll(async () => {
  client?.destroy();
  await line?.close();
  await tables?.stop();
  remove();
});

const call = (id: number, most = 1_000_000): Intent =>
  intent({ add: { total: 10, live: 1 }, set: { [`r#${id}`]: 'x' }, absent: [`r#${id}`], atMost: { total: most } });

describe('changes of one counter', () => {
  test('that come at once are a few requests, and each is done once', async () => {
    line.passed.length = 0;
    const written = await Promise.all(Array.from({ length: 200 }, (_, id) => write('tenant#burst', call(id))));
    expect(written.every(({ done, twins }) => done && !twins)).toBe(true);
    expect(line.passed.length).toBeLessThanOrEqual(1 + Math.ceil(199 / 15));
    expect((await tables.spent('tenant#burst')).item).toMatchObject({ total: 2_000, live: 200 });
  });

  test('fail alone: those that fit go through, as many as fit, and the others learn how the counter stands', async () => {
    const written = await Promise.all(Array.from({ length: 50 }, (_, id) => write('tenant#full', call(id, 90))));
    expect(written.filter(({ done }) => done)).toHaveLength(10);
    const refused = written.filter(({ done }) => !done);
    expect(refused.every(({ counter }) => Number(counter.counts.total) > 90)).toBe(true);
    expect((await tables.spent('tenant#full')).item).toMatchObject({ total: 100, live: 10 });
  });

  test('that may rest leave with the next that is in a hurry', async () => {
    line.passed.length = 0;
    const resting = [1, 2].map((id) => write('tenant#rest', call(id), { restMs: 600_000 }));
    expect(memory.believed('tenant#rest').counts).toMatchObject({ total: 20, live: 2 });
    expect((await write('tenant#rest', call(3))).done).toBe(true);
    for (const { done } of await Promise.all(resting)) expect(done).toBe(true);
    expect(line.passed.length).toBe(1);
    expect((await tables.spent('tenant#rest')).item).toMatchObject({ total: 30, live: 3 });
  });

  test('that may rest leave by themselves when their time is over, and all that rest with them', async () => {
    line.passed.length = 0;
    const later = write('tenant#rested', call(1), { restMs: 600_000 });
    expect((await write('tenant#rested', call(2), { restMs: 10 })).done).toBe(true);
    expect((await later).done).toBe(true);
    expect(line.passed.length).toBe(1);
  });

  test('that rested are believed to be made also on their way', async () => {
    let onTheirWay: unknown;
    line.answerWith(() => {
      onTheirWay = memory.believed('tenant#sent').counts;
      return false;
    });
    await write('tenant#sent', call(1), { restMs: 1 });
    line.answerWith();
    expect(onTheirWay).toMatchObject({ total: 10, live: 1 });
    expect(memory.believed('tenant#sent').counts).toMatchObject({ total: 10, live: 1 });
  });

  test('find a counter that was emptied since it was last seen', async () => {
    for (const id of [1, 2]) expect((await write('tenant#emptied', call(id))).done).toBe(true);
    await client.deleteItem({
      TableName: localTableNames.counters,
      Key: { pk: { S: 'tenant#emptied' }, sk: { S: 'counter' } },
    });
    expect((await write('tenant#emptied', call(3))).done).toBe(true);
    expect((await tables.spent('tenant#emptied')).item).toMatchObject({ total: 10, live: 1 });
  });

  test('that depend on each other come one after the other', async () => {
    const taking = write('tenant#order', call(1));
    const twin = write('tenant#order', call(1));
    const leaving = write(
      'tenant#order',
      intent({ add: { total: -10, live: -1 }, remove: ['r#1'], equal: { 'r#1': 'x' } }),
    );
    const again = write('tenant#order', call(1));
    expect((await Promise.all([taking, twin, leaving, again])).map(({ done }) => done)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect((await tables.spent('tenant#order')).item).toMatchObject({ total: 10, live: 1 });
  });

  test('of which the answer is lost with all its repetitions fail together, and nobody thinks they did nothing', async () => {
    line.be('silent');
    const first = failureOf(write('tenant#mute', call(1)));
    const second = failureOf(write('tenant#mute', call(2), { withinMs: 200 }));
    const third = write('tenant#mute', call(3));
    expect(await second).toBeInstanceOf(Unmade); // its time was over before its turn came
    line.be('open');
    expect(await first).not.toBeInstanceOf(Unmade);
    expect((await third).done).toBe(true);
    expect((await tables.spent('tenant#mute')).item['r#2']).toBeUndefined();
  });
});
