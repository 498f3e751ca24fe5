import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callItems, toCounted } from '../../lib/aws/counted-call.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { rolling } from '../../lib/aws/usage/rolling.ts';
import { runsItem } from '../../lib/aws/usage/runs.ts';
import { add, noSums } from '../../lib/aws/usage/sums.ts';
import { idMaker } from '../../lib/ids.ts';
import type { CallRecord } from '../../lib/world.ts';
import { chance } from '../support/chance.ts';
import { fillCalls } from '../support/filled-calls.ts';
import { scratch } from '../support/gateway.ts';
import { recordOf } from '../support/records.ts';
import { sluice } from '../support/sluice.ts';
import { startTables } from '../support/tables.ts';
import { median, table } from './printed.ts';

// What `sluice usage` takes over thirty days of a tenant's calls: the command itself, in a process of its own, over the
// embedded database, once they are summed up; beside it, what it takes to read records one by one. `--records 1000000`
// is the long form, most of which is filling the database; it fails when the command takes longer than it may.

const { values } = parseArgs({ options: { records: { type: 'string', default: '10000' } } });
const RECORDS = Number(values.records);
const DAY_MS = 86_400_000;
const DAYS = 30;
const TIMES = 5;
const LONG = 1_000_000;
const MOST_MS = 2_000;
const TENANT = 'acme';

const { folder, remove } = scratch();
const dataDir = join(folder, 'data');
const tables = await startTables(dataDir, 'bare');
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 60_000, tries: 3 });
await tables.admin.createTenant(TENANT);
await tables.put('counters', { pk: `tenant#${TENANT}`, sk: 'counter' });

const now = Date.now();
let nanoDollars = 0;
const filled = await timed(() => fillCalls(client, records()));
const log = { info: () => {}, error: (line: string) => process.stderr.write(`${line}\n`) };
const roll = rolling(client, localTableNames, { now: Date.now, random: Math.random, log });
// As after many runs before: at first only what is an hour old is summed up.
await runsItem(client, localTableNames.calls).put({ since: 0, ranAt: Date.now(), wholeAt: 0 });
const rolled = await timed(() => roll(Number.POSITIVE_INFINITY));

const started: number[] = [];
const told: number[] = [];
for (let time = 0; time < TIMES; time++) {
  started.push((await timed(() => sluice(['usage', '--help'], dataDir))).ms);
  const { ms, result } = await timed(() =>
    sluice(['--local', 'usage', '--tenant', TENANT, '--since', '31d', '--json'], dataDir),
  );
  const { calls, costNanoUsd } = JSON.parse(result.stdout);
  if (calls !== RECORDS || costNanoUsd !== nanoDollars)
    throw new Error(`${calls} calls of ${costNanoUsd} are told, and ${RECORDS} of ${nanoDollars} there are.`);
  told.push(ms);
}
const sums = noSums();
const read = await timed(async () => {
  const day = { start: now - 2 * DAY_MS, end: now - DAY_MS };
  for await (const page of callItems(client, localTableNames)(TENANT, day))
    for (const item of page) add(sums, toCounted(item));
});

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const all = (read.ms / sums.all.calls) * RECORDS;
process.stdout.write(
  `\nsluice usage --since 31d (${RECORDS} calls of ${DAYS} days; all on this machine)\n\n${table([
    { what: 'the command, median of 5', took: seconds(median(told)) },
    { what: 'the slowest of them', took: seconds(Math.max(...told)) },
    { what: 'of it to start (its --help), median', took: seconds(median(started)) },
    { what: `call by call, by reckoning from the ${sums.all.calls} of a day`, took: seconds(all) },
    { what: 'summing all up, once', took: seconds(rolled.ms) },
    { what: 'filling the database', took: seconds(filled.ms) },
  ])}\n\nIt told every call and every nano-dollar.\n`,
);
client.destroy();
await tables.stop();
remove();
if (RECORDS >= LONG && median(told) > MOST_MS) {
  process.stderr.write(`That is more than ${seconds(MOST_MS)}, which is too long.\n`);
  process.exit(1);
}
process.exit(0);

function* records(): Iterable<CallRecord> {
  const random = chance(1);
  const any = (count: number) => Math.floor(random() * count);
  let at = 0;
  const newId = idMaker('req_', () => at);
  for (let call = 0; call < RECORDS; call++) {
    at = Math.floor(now - DAYS * DAY_MS + (call / RECORDS) * DAYS * DAY_MS);
    const cost = any(40_000_000);
    nanoDollars += cost;
    const { bill } = recordOf();
    yield recordOf({
      id: newId(),
      at,
      tenant: TENANT,
      keyId: `key_${any(10)}`,
      user: `user-${any(2_000)}`,
      feature: `feature-${any(20)}`,
      model: `lab/model-${any(8)}`,
      cache: random() < 0.2 ? 'hit' : 'miss',
      bill: { ...bill, nanoDollars: cost, usage: { ...bill.usage, input: any(20_000), output: any(2_000) } },
    });
  }
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ readonly ms: number; readonly result: Result }> {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
}
