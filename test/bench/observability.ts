import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serve } from '../../lib/pipeline/serve.ts';
import { toTraceSettings } from '../../lib/traces/settings.ts';
import { openTraces } from '../../lib/traces/traces.ts';
import type { Send } from '../../lib/wire/send.ts';
import { once as inOnePiece } from '../../lib/wire/several.ts';
import { startEnvironment } from '../support/environment.ts';
import { answer } from '../support/flaky.ts';
import { scratch } from '../support/gateway.ts';
import { labs } from '../support/labs.ts';
import { startDaemon } from '../support/otlp.ts';
import { startTables } from '../support/tables.ts';
import { timer } from '../support/timer.ts';
import { startUpstream } from '../support/upstream.ts';
import { fakeWorld, visitOf } from '../support/world.ts';
import { median, quantile, table } from './printed.ts';

// What it takes to see a call: two gateways over the same database and the same provider take turns, call by call. One
// shows nothing; the other writes its line of the log, prints its metrics and sends its spans, each to somebody who reads
// it. Records are written by both, for the ledger stands on them. Own time is what the gateway says of itself in
// server-timing; processor time is all that its process took, what comes after the answer included.

const ROUNDS = 1_000;
const WARM_UP = 300;
/** Calls of one gateway, before it is the other's turn, where the processor is what is measured. */
const BLOCK = 100;

/** Reads datagrams in a process of its own, so that it is not measured. */
const RECEIVER = `const s = require('node:dgram').createSocket('udp4'); s.bind(0, '127.0.0.1', () => console.log(s.address().port));`;
const ANSWER = JSON.stringify({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_700_000_000, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 },
});
const inMemory: Send = async () => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: inOnePiece(ANSWER),
});

const { folder, remove } = scratch();
const tables = await startTables(join(folder, 'data'));
const upstream = await startUpstream(answer('Hello, how are you today?'));
const daemon = await startDaemon();
const site = { endpoint: tables.endpoint, config: labs({ lab: upstream.baseUrl }) };
const off = await startEnvironment(site);
const on = await startEnvironment({
  ...site,
  shows: true,
  env: { AWS_XRAY_DAEMON_ADDRESS: daemon.address, OTEL_TRACES_SAMPLER: 'always_on' },
});
const traced = await startEnvironment({
  ...site,
  env: { AWS_XRAY_DAEMON_ADDRESS: daemon.address, OTEL_TRACES_SAMPLER: 'always_on' },
});
await tables.admin.createTenant('acme', { budgets: { day: 1_000 } });
const { key } = await tables.admin.createKey({ tenant: 'acme' });
const gateways = { off, traced, on };

async function ask(url: string, stream: boolean): Promise<number> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-sluice-feature': 'search' },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], stream }),
  });
  await response.text();
  if (response.status !== 200) throw new Error(`A call failed with ${response.status}.`);
  return Number(/dur=([\d.]+)/.exec(response.headers.get('server-timing') ?? '')?.[1]);
}

/** What tracing a call takes: the whole walk with a provider in memory, traced and not, block by block. */
async function spansAlone(): Promise<number> {
  const receiver = spawn(process.execPath, ['-e', RECEIVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(createInterface({ input: receiver.stdout }), 'line');
  const settings = toTraceSettings({ AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}`, OTEL_TRACES_SAMPLER: 'always_on' });
  if (settings === undefined) throw new Error('Nobody traces.');
  const lost = () => {
    throw new Error('A span was lost.');
  };
  const traces = openTraces(settings, { timer, lost, freezes: true });
  const world = fakeWorld({ config: labs({ lab: upstream.baseUrl }), tick: () => performance.now(), send: inMemory });
  const cpuMs: Record<'off' | 'on', number[]> = { off: [], on: [] };
  for (let block = 0; block < 120; block++)
    for (const name of ['off', 'on'] as const) {
      const before = process.cpuUsage();
      for (let call = 0; call < BLOCK; call++) {
        const visit = visitOf({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }] });
        const reply = await serve(visit, name === 'on' ? { ...world, traces } : world);
        for await (const _ of reply.body);
        await reply.afterwards();
      }
      const { user, system } = process.cpuUsage(before);
      if (block >= 40) cpuMs[name].push((user + system) / 1000 / BLOCK);
    }
  receiver.kill();
  return median(cpuMs.on) - median(cpuMs.off);
}

const rows = [];
for (const stream of [false, true]) {
  for (let round = 0; round < WARM_UP; round++) for (const { url } of Object.values(gateways)) await ask(url, stream);
  const own: Record<string, number[]> = { off: [], traced: [], on: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, { url }] of Object.entries(gateways)) own[name]?.push(await ask(url, stream));
  const cpuMs: Record<string, number[]> = { off: [], traced: [], on: [] };
  for (let block = 0; block < ROUNDS / BLOCK; block++)
    for (const [name, { url, told }] of Object.entries(gateways)) {
      const before = (await told()).cpuMs;
      for (let call = 0; call < BLOCK; call++) await ask(url, stream);
      cpuMs[name]?.push(((await told()).cpuMs - before) / BLOCK);
    }
  for (const name of Object.keys(gateways))
    rows.push({
      calls: stream ? 'streamed' : 'whole',
      seen: { off: 'no', traced: 'as spans', on: 'in the log, as metrics, as spans' }[name] ?? '',
      'own time, p50': `${median(own[name]).toFixed(2)} ms`,
      p99: `${quantile(0.99, own[name]).toFixed(2)} ms`,
      'p50 / unseen': (median(own[name]) / median(own.off)).toFixed(2),
      'processor, a call': `${median(cpuMs[name]).toFixed(2)} ms`,
      'more than unseen': `${(median(cpuMs[name]) - median(cpuMs.off)).toFixed(2)} ms`,
    });
}
const spans = daemon.spans().length;
process.stdout.write(`\nSeeing calls (${ROUNDS} of each kind, ${spans} spans received)\n\n${table(rows)}\n`);
process.stdout.write(
  `\nThe spans of a call, alone in a process: ${(await spansAlone()).toFixed(3)} ms of processor time\n`,
);
for (const { kill } of Object.values(gateways)) await kill();
await Promise.all([upstream.close(), daemon.close()]);
await tables.stop();
remove();
process.exit(0);
