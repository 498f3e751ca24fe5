import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure, TOGETHER } from './doors/measure.ts';
import { ENOUGH } from './doors/percentiles.ts';
import { type Row, rowsOf, shown } from './doors/rows.ts';
import { scenarios } from './doors/scenarios.ts';
import { startPeers } from './doors/start-peers.ts';
import { table } from './printed.ts';

const help = `Usage: npm run bench -- [--rounds 300] [--only TEXT] [--json dist/bench.json]

Measures the gateway that npm start starts against its provider asked directly and against a plain proxy of node:http and
undici, which keeps no books: bare (a key, no limits), governed (budgets and rates on key, user, feature and tenant), and
from the cache. All take turns, so that all see the same machine, and only ratios between them mean something. The other
benches are run by npm run bench:parts. Takes some minutes. Linux only.

A percentile is told where enough calls were timed: a p50 of ${ENOUGH.p50}, a p95 of ${ENOUGH.p95}, a p99 of ${ENOUGH.p99}. Elsewhere stands "-".

  --rounds N    how often each is asked, one call after the other; half as often for 200 KB, and a sixtieth for words
                that come 10 ms apart, there with eight calls at once, for each takes two seconds
  --only TEXT   only the kinds whose names contain it
  --json FILE   where what was measured is written
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '300' },
    only: { type: 'string', default: '' },
    json: { type: 'string', default: 'dist/bench.json' },
    help: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (values.help || !(rounds >= 1)) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}

const peers = await startPeers();
const { startMs, idleMegabytes } = peers;
const rows: Row[] = [];
let megabytes: number;
try {
  for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
    process.stdout.write(`${scenario.name} …\n`);
    const asked = peers.all.filter(({ name }) => scenario.peers.includes(name));
    rows.push(...rowsOf(scenario, await measure(scenario, asked, { rounds, slices: 5, sliceCalls: rounds })));
  }
  megabytes = peers.megabytes();
} finally {
  await peers.close();
}

writeFileSync(values.json, `${JSON.stringify({ rounds, startMs, idleMegabytes, megabytes, rows }, null, 2)}\n`);
process.stdout.write(
  `\nOne call at a time (8 of words 10 ms apart) in milliseconds beside a direct one, then ${TOGETHER} at a time; × of the proxy\n\n` +
    `${table(rows.map((row) => shown(row, rows)))}\n\n` +
    `The gateway starts in ${startMs.toFixed(0)} ms, its database included; its own process has ${idleMegabytes.toFixed(0)} MB resident then, ${megabytes.toFixed(0)} MB after all this.\n` +
    `CPU is of one process alone, without the database, which has the same cores: calls/s of what is governed are as much its own.\n` +
    `Written to ${values.json}\n`,
);
process.exit(0);
