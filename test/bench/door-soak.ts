import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Used } from '../support/held.ts';
import { sum } from '../support/mixed/books.ts';
import { findings } from '../support/soaking/findings.ts';
import { growthOf } from '../support/soaking/growth.ts';
import { type Plan, soakDoor } from '../support/soaking/soak-door.ts';
import { table } from './printed.ts';

const help = `Usage: npm run soak -- [--minutes 5] [--seed 1] [--json dist/soak.json]

Starts the gateway as npm start does, over providers that fail, callers who hang up and a database that throttles, and
asks half of what it can answer here; then kills and stops it again and again. Compares in the end what providers billed,
what is on record and what counters say, and what the gateway used early and late. Exits with 1 where anything is lost or
astray, where the gateway grows by more than a tenth (its open files by a tenth and 20), where its database uses more than
its caches may come to, and where the data folder grows by more than ten kilobytes a call. Linux only.

  --minutes N   how long calls are made, restarts among them: at least 1
  --seed N      another seed draws other calls and other faults
  --json FILE   where what was measured is written
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string', default: 'dist/soak.json' },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help) {
  process.stdout.write(help);
  process.exit();
}
if (!(minutes >= 1) || !Number.isInteger(seed)) {
  process.stderr.write(help);
  process.exit(2);
}

const MOST_GROWTH = 0.1;
/**
 * What a database may use: it fills its caches, of parsed expressions and of files, for longer than a short soak lasts, and
 * empties them then, so that early and late tell nothing. LevelDB keeps a thousand files open.
 */
const MOST_OF_DATABASE: Used = { liveMegabytes: 64, megabytes: 512, files: 1_100 };
/** Sockets come and go with the calls under way. */
const FEW_FILES = 20;
/** Bytes a call: a record and its index entries are one or two thousand, which LevelDB packs. */
const MOST_DATA = 10_000;

const startedAt = performance.now();
const said = (line: string) => {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`${String(seconds).padStart(5)} s  ${line}\n`);
};
const { capacity, looks, books } = await soakDoor(planFor(minutes * 60_000), said);
const { early, late, calls: between, liveBytesACall, dataBytesACall } = growthOf(looks);
const { made, billed, entries, abandoned, kills } = books;

const wrong = findings(books);
const growing = [
  ...grown(early, late),
  ...fat(late.database),
  ...(dataBytesACall > MOST_DATA ? ['The data folder grows by more than its records.'] : []),
];
const count = (so: (each: (typeof made)[number]) => boolean) => String(made.filter(so).length);
const measured = {
  'calls a second, at capacity': capacity.toFixed(0),
  'calls made': String(made.length),
  'of them answered': count(({ status }) => status === 200),
  'refused or failed': count(({ status }) => status !== undefined && status !== 200),
  'left by their callers': count(({ call }) => call.leaves !== undefined),
  'cut, mostly with their gateway': count(({ cut }) => cut),
  'requests to providers': String(billed.length),
  'billed by providers, $': (sum(billed) / 1e9).toFixed(9),
  'records of calls': String(entries.length),
  'charged after a kill': String(abandoned.length),
  'on record, $': (sum([...entries, ...abandoned]) / 1e9).toFixed(9),
  'kills, and as many stops': String(kills.length),
  'lost or astray': String(wrong.length),
  'live heap grows a call, bytes': liveBytesACall.toFixed(0),
  'data folder grows a call, bytes': dataBytesACall.toFixed(0),
};
const memory = [...rowsOf('gateway', early, late), ...rowsOf('database', early.database, late.database)];
const rows = Object.entries(measured).map(([what, value]) => ({ what, value }));
writeFileSync(
  values.json,
  `${JSON.stringify({ minutes, seed, measured, early, late, liveBytesACall, dataBytesACall, looks, wrong, growing, astray: astray(), missed: missed() }, null, 2)}\n`,
);
process.stdout.write(`\n${table(rows)}\n\n${table(memory)}\n\nWritten to ${values.json}\n`);
for (const line of [...wrong.slice(0, 20), ...growing]) process.stdout.write(`FAILED: ${line}\n`);
process.exit(wrong.length + growing.length > 0 ? 1 : 0);

function grown(early: Used, late: Used): readonly string[] {
  const most = 1 + MOST_GROWTH;
  return [
    ...(late.liveMegabytes > early.liveMegabytes * most ? ['The live heap grows.'] : []),
    ...(late.megabytes > early.megabytes * most ? ['The resident memory grows.'] : []),
    ...(late.files > early.files * most + FEW_FILES ? ['The open files grow.'] : []),
  ];
}

function fat(database: Used): readonly string[] {
  const most = MOST_OF_DATABASE;
  return [
    ...(database.liveMegabytes > most.liveMegabytes
      ? [`The database's live heap is over ${most.liveMegabytes} MB.`]
      : []),
    ...(database.megabytes > most.megabytes ? [`The database's memory is over ${most.megabytes} MB.`] : []),
    ...(database.files > most.files ? [`The database has more than ${most.files} files open.`] : []),
  ];
}

function rowsOf(whose: string, early: Used, late: Used) {
  const names = { liveMegabytes: 'live heap, MB', megabytes: 'resident, MB', files: 'open files' };
  return (['liveMegabytes', 'megabytes', 'files'] as const).map((name) => ({
    'of the': `${whose}, ${names[name]}`,
    early: early[name].toFixed(1),
    [`${between.toFixed(0)} calls later`]: late[name].toFixed(1),
    ratio: (late[name] / early[name]).toFixed(2),
  }));
}

/** The counters that differ from their records, with these: an id tells when a call was made, and so what was lost when. */
function astray() {
  const drifted = books.counters.filter(({ id }) => wrong.some((line) => line.startsWith(`${id} stands`)));
  return drifted.map(({ id, item }) => {
    const its = [...entries, ...abandoned].filter(({ scopes }) => scopes.includes(id));
    return { id, item, kills, records: its.map(({ id, nanoDollars }) => ({ id, nanoDollars })) };
  });
}

/** The calls that are lost, as their callers know them. */
function missed() {
  const named = new Set(wrong.flatMap((line) => /^Call (\d+) is lost/.exec(line)?.[1] ?? []));
  return made.filter(({ call }) => named.has(String(call.number))).map((each) => ({ ...each, kills }));
}

/** Three fifths of the time for one gateway, looked at every quarter of a minute or so; the rest for restarts. */
function planFor(ms: number): Plan {
  const calibrateMs = Math.min(30_000, ms / 10);
  const stayMs = (ms - calibrateMs) * 0.6;
  const spells = Math.max(9, Math.min(36, Math.round(stayMs / 15_000)));
  const restartMs = 10_000 + ms / 60;
  const restarts = Math.max(2, 2 * Math.round((ms - calibrateMs - stayMs) / restartMs / 2));
  return { seed, calibrateMs, spells, spellMs: stayMs / spells, restarts, restartMs };
}
