import { join } from 'node:path';
import { usualCache } from '../../lib/config/written-cache.ts';
import { findDatabase } from '../../lib/local/dynamodb/find.ts';
import { startCounting } from '../support/counting.ts';
import { startEnvironment } from '../support/environment.ts';
import { answer } from '../support/flaky.ts';
import { scratch } from '../support/gateway.ts';
import { labs } from '../support/labs.ts';
import { startTables } from '../support/tables.ts';
import { type Script, startUpstream } from '../support/upstream.ts';
import { median, quantile, table } from './printed.ts';

// What an answer from the cache takes, at a client of the HTTP door, which runs in a process of its own over the embedded
// database. The kinds of call take turns, one after the other, so that all see the same machine; beside each hit, what is
// written down of the one before is still on its way. Then what a hit costs the gateway itself, and what a call pays for
// a cache that is away.

const ROUNDS = 600;
const WARM_UP = 100;
const TOGETHER = 8;
const AWAY = 100;

const texts = { '1 kB': 'All is well. '.repeat(79), '50 kB': 'All is well. '.repeat(3_939) };
const off = { 'x-sluice-cache': 'off' };
type Kind = {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether each call asks something new. */
  readonly fresh: boolean;
  readonly size: keyof typeof texts;
  readonly stream: boolean;
  /** What the cache is to do for it. */
  readonly cache: string;
  /** Whose call it is; of a tenant without limits where nothing is said. */
  readonly key?: string;
};
const direct: Kind = { name: 'not cached', headers: off, fresh: false, size: '1 kB', stream: false, cache: 'off' };
const missing: Kind = { ...direct, name: 'a miss', headers: {}, fresh: true, cache: 'miss' };
const hits = [false, true].flatMap((stream) =>
  (['1 kB', '50 kB'] as const).map((size): Kind => {
    const name = `a hit of ${size}${stream ? ', streamed' : ''}`;
    return { name, headers: {}, fresh: false, size, stream, cache: 'hit' };
  }),
);

const { folder, remove } = scratch();
const dataDir = join(folder, 'data');
const tables = await startTables(dataDir);
const sized: Script = (asked, response) =>
  answer(JSON.stringify(asked.body).includes('50 kB') ? texts['50 kB'] : texts['1 kB'])(asked, response);
const upstream = await startUpstream(sized);
const config = { ...labs({ lab: upstream.baseUrl }), cache: { ...usualCache, mode: 'exact' as const } };
const endpoint = await findDatabase(dataDir);
if (endpoint === undefined) throw new Error('The database is not there.');
const line = await startCounting(endpoint);
const door = await startEnvironment({ endpoint, config });
const watched = await startEnvironment({ endpoint: line.endpoint, config });
await tables.admin.createTenant('free', { budgets: 'none' });
await tables.admin.createTenant('limited', { budgets: { day: 1_000 } });
const { key: free } = await tables.admin.createKey({ tenant: 'free' });
const { key: limited } = await tables.admin.createKey({ tenant: 'limited' });
const ofLimited = [direct, ...hits.slice(0, 1)].map((kind) => ({
  ...kind,
  name: `${kind.name}, with a day budget`,
  key: limited,
}));
const kinds = [direct, missing, ...hits, ...ofLimited];
let questions = 0;
let calls = 0;
let others = 0;

for (const kind of kinds) await many(WARM_UP, () => asked(door.url, kind));
calls = others = 0;
const alone = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const kind of kinds) alone.get(kind)?.push((await asked(door.url, kind)).ms);
const crowded = new Map<Kind, number[]>();
for (const kind of kinds) {
  const one = async () => (await asked(door.url, kind)).ms;
  const each = Array.from({ length: TOGETHER }, () => many(ROUNDS / TOGETHER, one));
  crowded.set(kind, (await Promise.all(each)).flat());
}
const part = `${((100 * others) / calls).toFixed(2)} %`;

const shown = (ms: number) => `${ms.toFixed(2)} ms`;
const rows = kinds.map((kind) => {
  const found = alone.get(kind);
  return {
    call: kind.name,
    p50: shown(median(found)),
    p99: shown(quantile(0.99, found)),
    'p50 / not cached': (median(found) / median(alone.get(direct))).toFixed(2),
    'p50 / a miss': (median(found) / median(alone.get(missing))).toFixed(2),
    [`p50, ${TOGETHER} at a time`]: shown(median(crowded.get(kind))),
    [`p99, ${TOGETHER} at a time`]: shown(quantile(0.99, crowded.get(kind))),
  };
});

const own = [];
for (const kind of hits) {
  await many(WARM_UP, () => asked(door.url, kind));
  const { cpuMs } = await door.told();
  const looked = await many(ROUNDS, () => lookedFor(kind));
  const cpu = ((await door.told()).cpuMs - cpuMs) / ROUNDS;
  // A look that was given up, or that another call spared, has no time to tell of.
  const found = looked.filter(({ looks }) => looks.length === 1);
  const ownMs = found.map(({ ownMs, looks: [look = 0] }) => ownMs - look);
  own.push({
    call: kind.name,
    'server-timing, p50': shown(median(found.map((each) => each.ownMs))),
    'of it in the database': shown(median(found.flatMap(({ looks }) => looks))),
    'own, p50': shown(median(ownMs)),
    'own, p99': shown(quantile(0.99, ownMs)),
    'processor time, records included': shown(cpu),
  });
}

line.answerWith(({ operation, table }) => table === 'Cache' && operation !== 'Query');
const away: Record<'off' | 'silent', number[]> = { off: [], silent: [] };
for (let round = 0; round < AWAY; round++) {
  away.off.push((await asked(watched.url, direct)).ms);
  away.silent.push((await asked(watched.url, { ...missing, cache: 'miss; reason=unavailable' })).ms);
}
line.answerWith();
const added = median(away.silent) - median(away.off);

process.stdout.write(
  `\nThe cache (${ROUNDS} calls of each kind; the provider answers at once; all on this machine)\n\n${table(rows)}\n\n` +
    `${part} of these calls found the cache otherwise: too slow, so that the provider answered.\n\n` +
    `The gateway's own part of a hit (server-timing without what the database took)\n\n${table(own)}\n\n` +
    `With a cache that keeps silent a call is answered ${shown(added)} later than without one (medians of ${AWAY}).\n`,
);
await Promise.all([door.kill(), watched.kill()]);
await Promise.all([upstream.close(), line.close()]);
await tables.stop();
remove();
process.exit(0);

async function many<Result>(times: number, work: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let time = 0; time < times; time++) results.push(await work());
  return results;
}

/** A call to its end, and what its headers say of the gateway's own time, in milliseconds. */
async function asked(url: string, { headers, fresh, size, stream, cache, key = free }: Kind) {
  const content = fresh ? `${size} ${++questions}` : size;
  const startedAt = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content }], stream }),
  });
  const text = await response.text();
  const ms = performance.now() - startedAt;
  if (response.status !== 200) throw new Error(text);
  calls++;
  if (response.headers.get('x-sluice-cache') !== cache) others++;
  return { ms, ownMs: Number(response.headers.get('server-timing')?.replace('gateway;dur=', '')) };
}

/** A hit, and how long its look was on its way. */
async function lookedFor(kind: Kind) {
  const { ownMs } = await asked(door.url, kind);
  const { lookMs } = await door.told();
  return { ownMs, looks: lookMs };
}
