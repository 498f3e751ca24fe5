import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { EndedTrace } from '../../lib/trace.ts';
import { encoder, rejectedIn } from '../../lib/traces/otlp.ts';
import { overHttp } from '../../lib/traces/over-http.ts';
import { toTraceSettings } from '../../lib/traces/settings.ts';
import { openTraces } from '../../lib/traces/traces.ts';
import { decoded, HEAD, startCollector, startDaemon } from '../support/otlp.ts';
import { nobody, serveHttp } from '../support/server.ts';
import { timer } from '../support/timer.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const traceId = '5759e988bd862e3fe1be46a994272793';
const trace = (spans = 1, value = 'x'): EndedTrace => ({
  traceId,
  startedAt: 1_800_000_000_123,
  startedTick: 1000,
  spans: Array.from({ length: spans }, (_, at) => ({
    id: (at + 1).toString(16).padStart(16, '0'),
    parent: at === 0 ? undefined : '1'.padStart(16, '0'),
    name: `span ${at}`,
    kind: 'internal',
    startTick: 1000.5,
    endTick: 1002.25,
    attributes: { value, list: ['a', 'b'], whole: 3, part: 0.5, yes: true, not: undefined },
    failed: at === 0,
  })),
});

function opened(env: Readonly<Record<string, string>>, freezes = false) {
  const settings = toTraceSettings(env);
  if (settings === undefined) throw new Error('Nobody traces.');
  const lost: [number, string][] = [];
  const traces = openTraces(settings, {
    timer,
    freezes,
    lost: (spans, why) => void lost.push([spans, why]),
  });
  return { traces, lost };
}

async function collecting(more: Readonly<Record<string, string>> = {}, freezes = false) {
  const collector = await startCollector();
  ends.push(collector.close);
  return { collector, ...opened({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more }, freezes) };
}

describe('over HTTP', () => {
  test('a span arrives as it was, to the nanosecond', async () => {
    const { collector, traces } = await collecting();
    await traces.send(trace());
    await traces.close();
    expect(collector.spans()).toEqual([
      {
        traceId,
        id: '0000000000000001',
        parent: '',
        name: 'span 0',
        kind: 'internal',
        start: 1_800_000_000_123_500_000n,
        end: 1_800_000_000_125_250_000n,
        failed: true,
        attributes: { value: 'x', list: ['a', 'b'], whole: 3, part: 0.5, yes: true },
        resource: { 'service.name': 'sluice' },
      },
    ]);
  });

  test('spans of several visits leave together', async () => {
    const { collector, traces } = await collecting();
    for (let visit = 0; visit < 10; visit++) await traces.send(trace(3));
    await traces.close();
    expect([collector.requests.length, collector.spans().length]).toEqual([1, 30]);
  });

  test('many do not wait for the clock', async () => {
    const { collector, traces } = await collecting({ OTEL_BSP_SCHEDULE_DELAY: '600000' });
    await traces.send(trace(300));
    await expect.poll(() => collector.spans().length).toBe(300);
  });

  test('a process that may be frozen sends each at once', async () => {
    const { collector, traces } = await collecting({ OTEL_BSP_SCHEDULE_DELAY: '600000' }, true);
    await traces.send(trace());
    expect(collector.spans().length).toBe(1);
  });

  test('what a collector refuses, or nobody takes, is tried once more where that may help, then lost and told', async () => {
    const { collector, traces, lost } = await collecting();
    collector.answerWith(400);
    await traces.send(trace(2));
    await traces.close();
    expect([collector.requests.length, lost]).toEqual([1, [[2, 'The collector answered with 400.']]]);
    collector.answerWith(503);
    await traces.send(trace(3));
    await traces.close();
    expect([collector.requests.length, lost.at(-1)]).toEqual([3, [3, 'The collector answered with 503.']]);
    const away = opened({ OTEL_EXPORTER_OTLP_ENDPOINT: await nobody() });
    await away.traces.send(trace(4));
    await away.traces.close();
    expect(away.lost).toEqual([[4, 'TypeError ECONNREFUSED']]);
  });

  test('what a collector says it did not take, though its answer is well, is told', async () => {
    const rejecting = await serveHttp(async (asked, response) => {
      for await (const _ of asked);
      const rejectedThree = Buffer.from([0x0a, 0x02, 0x08, 0x03]);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(rejectedThree);
    });
    ends.push(rejecting.close);
    const { traces, lost } = opened({ OTEL_EXPORTER_OTLP_ENDPOINT: rejecting.url });
    await traces.send(trace(5));
    await traces.close();
    expect(lost).toEqual([[3, 'The collector rejected them.']]);
  });

  test('what waits with spans that were tried before is tried again by itself', async () => {
    const { collector } = await collecting();
    collector.answerWith(503);
    const lost: [number, string][] = [];
    const { promise: cameBack, resolve } = Promise.withResolvers<void>();
    const exporter = overHttp(
      { via: 'http', url: collector.url, headers: {}, timeoutMs: 60_000, delayMs: 1, zipped: false },
      {
        encode: encoder({}),
        rejectedIn,
        fetch,
        timer: () => {
          resolve(); // those that were refused wait for their second try
          return () => {};
        },
        lost: (spans, why) => void lost.push([spans, why]),
      },
    );
    await exporter.send(trace(300)); // so many leave at once
    await cameBack;
    await exporter.send(trace(2));
    await exporter.idle();
    expect([collector.requests.length, lost.map(([spans]) => spans)]).toEqual([3, [300, 2]]);
  });

  test('an answer that is no protobuf is one all the same: nothing is sent twice', async () => {
    let asked = 0;
    const plain = await serveHttp(async (request, response) => {
      for await (const _ of request);
      asked += 1;
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u00ff taken</html>');
    });
    ends.push(plain.close);
    const { traces, lost } = opened({ OTEL_EXPORTER_OTLP_ENDPOINT: plain.url });
    await traces.send(trace(3));
    await traces.close();
    expect([asked, lost]).toEqual([1, []]);
  });

  test('spans may leave compressed', async () => {
    const { collector, traces } = await collecting({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' });
    await traces.send(trace());
    await traces.close();
    const [request] = collector.requests;
    expect(request?.headers['content-encoding']).toBe('gzip');
    expect(decoded(gunzipSync(request?.body ?? '')).length).toBe(1);
  });

  test('what waited while a collector was slow leaves as soon as it answers', async () => {
    const { collector, traces, lost } = await collecting({ OTEL_BSP_SCHEDULE_DELAY: '600000' });
    const answerNow = collector.holdOne();
    for (let visit = 0; visit < 10; visit++) await traces.send(trace(256));
    await expect.poll(() => collector.requests.length).toBe(1);
    answerNow();
    await expect.poll(() => collector.spans().length + lost.reduce((sum, [spans]) => sum + spans, 0)).toBe(2_560);
    await traces.send(trace(256));
    await expect.poll(() => collector.spans().length).toBeGreaterThanOrEqual(2_560);
  });

  test('a collector that is silent keeps neither the memory nor the end of the process', async () => {
    const { collector, traces, lost } = await collecting({ OTEL_EXPORTER_OTLP_TIMEOUT: '60000' });
    collector.answerWith(undefined);
    for (let visit = 0; visit < 40; visit++) await traces.send(trace(100));
    await traces.close();
    expect(collector.requests.length).toBe(1);
    expect(lost.reduce((sum, [spans]) => sum + spans, 0)).toBe(4_000);
  });
});

describe("over UDP, to AWS's daemon", () => {
  async function daemon() {
    const found = await startDaemon();
    ends.push(found.close);
    return { daemon: found, ...opened({ AWS_XRAY_DAEMON_ADDRESS: found.address }) };
  }

  test('a visit is one datagram, in the frame the daemon knows', async () => {
    const { daemon: found, traces } = await daemon();
    await traces.send(trace(5));
    await expect.poll(() => found.datagrams.length).toBe(1);
    expect(found.datagrams[0]?.startsWith(HEAD)).toBe(true);
    expect(found.spans().map(({ id }) => id.slice(-1))).toEqual(['1', '2', '3', '4', '5']);
  });

  test('what is too long for one datagram is several; a span too long for any is lost and told', async () => {
    const { daemon: found, traces, lost } = await daemon();
    await traces.send(trace(8, 'x'.repeat(10_000)));
    await expect.poll(() => found.spans().length).toBe(8);
    expect(found.datagrams.length).toBeGreaterThan(1);
    await traces.send(trace(1, 'x'.repeat(60_000)));
    expect(lost.map(([spans]) => spans)).toEqual([1]);
  });

  test('where nobody listens nothing fails', async () => {
    const { port } = new URL(await nobody());
    const { traces, lost } = opened({ AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}` });
    for (let visit = 0; visit < 3; visit++) await traces.send(trace());
    await traces.close();
    expect(lost).toEqual([]);
  });
});
