import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { labs } from '../support/labs.ts';
import { refusal, type Script, startUpstream } from '../support/upstream.ts';
import { median, table } from './printed.ts';

// How much later an answer comes whose first provider refuses (503) and whose second answers, than one of the second
// alone: it should be one connection and one first token. The kinds of call take turns, so that all see the same machine.
// The first provider keeps no connection, so that each call has to make one; each call names a target of its own, or it
// would soon be left alone.

const ROUNDS = 300;

const primary = await startUpstream();
const spare = await startUpstream(answer('Hi'));
const { providers } = labs({ primary: primary.baseUrl, spare: spare.baseUrl });
const house = await openHouse({ config: { providers } });
const { key } = await house.keyOf({ budgets: 'none' });

const refusing =
  (afterMs: number): Script =>
  async (asked, response) => {
    if (afterMs > 0) await pause(afterMs);
    return refusal(503, { message: 'overloaded' }, { connection: 'close' })(asked, response);
  };

const rows = [];
for (const afterMs of [0, 20]) {
  primary.answerWith(refusing(afterMs));
  const ms: Record<string, number[]> = { direct: [], over: [], connection: [], refusal: [] };
  for (let round = 0; round < ROUNDS + ROUNDS / 10; round++) {
    const found = {
      direct: await timed(() => asked('spare/m', 'none', 'spare:200')),
      over: await timed(() => asked(`primary/m${afterMs}-${round}`, 'spare/m', 'primary:503,spare:200')),
      connection: await timed(connected),
      refusal: await timed(refused),
    };
    if (round < ROUNDS / 10) continue; // until all is warm
    for (const [name, each] of Object.entries(found)) ms[name]?.push(each);
  }
  const [direct, over, connection, first] = ['direct', 'over', 'connection', 'refusal'].map((name) => median(ms[name]));
  rows.push({ afterMs, direct, over, connection, first });
}

const shown = rows.map(({ afterMs, direct = 0, over = 0, connection = 0, first = 0 }) => ({
  'the first provider refuses after': `${afterMs} ms`,
  'second alone': `${direct.toFixed(2)} ms`,
  'first, then second': `${over.toFixed(2)} ms`,
  added: `${(over - direct).toFixed(2)} ms`,
  'a connection and its refusal': `${first.toFixed(2)} ms`,
  'of it the connection': `${connection.toFixed(2)} ms`,
  'added / that': ((over - direct) / first).toFixed(2),
  'with fallback / without': (over / direct).toFixed(2),
}));
process.stdout.write(`\nFailing over (medians of ${ROUNDS} calls, all on this machine)\n\n${table(shown)}\n`);
await house.close();
await Promise.all([primary.close(), spare.close()]);
process.exit(0);

/** A streamed call to its end; it must have gone this way. */
async function asked(model: string, fallback: string, way: string): Promise<void> {
  const response = await house.ask(key, { model, stream: true }, { 'x-sluice-fallback': fallback });
  const text = await response.text();
  if (response.headers.get('x-sluice-attempts') !== way || !text.includes('[DONE]'))
    throw new Error(`${model}: ${response.status} ${response.headers.get('x-sluice-attempts')}`);
}

/** A connection to the first provider. */
async function connected(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(Number(new URL(primary.baseUrl).port), '127.0.0.1', resolve).on('error', reject);
  await promise;
  socket.destroy();
}

/** What the first provider alone takes: a connection, and the time until it refuses. */
async function refused(): Promise<void> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }], stream: true });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${primary.baseUrl}/chat/completions`, { method: 'POST', headers, body });
  await response.text();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
