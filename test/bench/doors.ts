import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure, TOGETHER } from './doors/measure.ts';
import { ENOUGH } from './doors/percentiles.ts';
import { type AddedRow, type Row, rowsOf } from './doors/rows.ts';
import { scenarios } from './doors/scenarios.ts';
import { type Peers, startPeers } from './doors/start-peers.ts';
import { besideProxy, shown } from './doors/times.ts';
import { table } from './printed.ts';

const help = `Usage: npm run bench -- [--rounds 300] [--only TEXT] [--json dist/bench.json]

Measures the gateway that npm start starts against its provider asked directly and against a plain proxy of node:http and
undici, which keeps no books: bare (a key, no limits), governed (budgets and rates on key, user, feature and tenant), and
from the cache. All take turns, so that all see the same machine, and only ratios between them mean something. The other
benches are run by npm run bench:parts. Takes some minutes. Linux only.

What is added is what a call takes longer than one to the provider directly, which is always asked in OpenAI's words: also
where the gateway translates, and the provider says more to it in Anthropic's or Gemini's. × is how many times that of the
proxy a figure is. The proxy neither translates nor remembers: what is translated or from the cache stands beside its calls
of the same kind in OpenAI's words.

A percentile is told where enough calls were timed: a p50 of ${ENOUGH.p50}, a p95 of ${ENOUGH.p95}, a p99 of ${ENOUGH.p99}. Elsewhere stands "-".

  --rounds N    how often each is asked, one call after the other; half as often for 200 KB, and a sixtieth for words
                that come 10 ms apart, there with eight calls at once, for each takes two seconds
  --only TEXT   only the kinds whose names contain it
  --json FILE   where all of it is written, with the times that the provider takes when it is asked directly
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
const direct: Row[] = [];
const added: AddedRow[] = [];
let footprints: ReturnType<Peers['footprints']>;
try {
  for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
    process.stdout.write(`${scenario.name} …\n`);
    const asked = peers.all.filter(({ name }) => scenario.peers.includes(name));
    const rows = rowsOf(scenario, await measure(scenario, asked, { rounds, slices: 5, sliceCalls: rounds }));
    direct.push(...rows.direct);
    added.push(...rows.added);
  }
  footprints = peers.footprints();
} finally {
  await peers.close();
}

const rows = added.map((row) => besideProxy(row, added));
writeFileSync(values.json, `${JSON.stringify({ rounds, footprints, direct, rows }, null, 2)}\n`);
const processes = Object.entries(footprints).map(([process, { startMs, idleMegabytes, megabytes }]) => ({
  process,
  'starts in ms': startMs.toFixed(0),
  'MB idle': idleMegabytes.toFixed(0),
  'MB after all this': megabytes.toFixed(0),
}));
process.stdout.write(
  `\nOne call at a time (8 of words 10 ms apart) in milliseconds beside a direct one, then ${TOGETHER} at a time; × of the proxy\n\n` +
    `${table(rows.map(shown))}\n\n` +
    `${table(processes)}\n\n` +
    `The gateway starts its database, too; what is resident is of its own process, which answers more of these calls than the proxy.\n` +
    `CPU is of one process alone, without the database, which has the same cores: calls/s of what is governed are as much its own.\n` +
    `Written to ${values.json}, and how long the provider takes when it is asked directly.\n`,
);
process.exit(0);
