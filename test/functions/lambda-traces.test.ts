import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../esbuild.config.ts';
import { fromUrl } from '../support/events.ts';
import { answer } from '../support/flaky.ts';
import { scratch } from '../support/gateway.ts';
import { lambdaGateway } from '../support/lambda-gateway.ts';
import { HEAD, type ReceivedSpan, startDaemon } from '../support/otlp.ts';
import { type Runtime, startRuntime } from '../support/ric/start-runtime.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const { folder, remove } = scratch();
let database: Tables;
let upstream: Upstream;
let daemon: Awaited<ReturnType<typeof startDaemon>>;
let runtime: Runtime;
beforeAll(async () => {
  [database, upstream, daemon] = await Promise.all([
    startTables(join(folder, 'data')),
    startUpstream(answer('Hello.')),
    startDaemon(),
    bundle('gateway'),
  ]);
  const { env, ...options } = lambdaGateway(folder, database, upstream);
  runtime = await startRuntime({ ...options, env: { ...env, AWS_XRAY_DAEMON_ADDRESS: daemon.address } });
});
afterAll(async () => {
  await Promise.all([runtime?.stop(), upstream?.close(), daemon?.close()]);
  await database?.stop();
  remove();
});

const SEGMENT = '53995c3f42cd8ad8';
const amazon = (sampled: number) => `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${SEGMENT};Sampled=${sampled}`;

async function invoked(trace: string | undefined, headers: Record<string, string> = {}): Promise<void> {
  const asked = fromUrl({ model: 'openai/m', messages: [{ role: 'user', content: 'Hello' }], stream: true });
  const reply = await runtime.invoke({ ...asked, headers: { ...asked.headers, ...headers } }, { trace });
  expect(reply.status).toBe(200);
  await reply.text();
  await reply.nextPoll;
}

/** The spans of datagrams that come after so many. */
async function spansAfter(datagrams: number): Promise<readonly ReceivedSpan[]> {
  await expect.poll(() => daemon.datagrams.length).toBeGreaterThan(datagrams);
  return daemon.spans(datagrams);
}

test("a sampled invocation's spans hang under Lambda's own segment, in one datagram of the daemon's format", async () => {
  await invoked(amazon(1));
  const spans = await spansAfter(0);
  expect(daemon.datagrams.length).toBe(1);
  expect(daemon.datagrams[0]?.startsWith(HEAD)).toBe(true);
  const root = spans.find(({ kind }) => kind === 'server');
  expect(root).toMatchObject({ traceId: '5759e988bd862e3fe1be46a994272793', parent: SEGMENT });
  expect(root?.resource).toMatchObject({ 'service.name': 'sluice', 'cloud.platform': 'aws_lambda' });
  expect(spans.map(({ name }) => name).sort()).toEqual(['POST /v1/chat/completions', 'admission', 'chat m', 'stream']);
});

test('what is kept Lambda decides, where it has; which trace it is in, the caller', async () => {
  const before = daemon.datagrams.length;
  await invoked(amazon(0));
  await invoked(undefined);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await invoked(amazon(0), { traceparent });
  await invoked(amazon(1), { traceparent });
  const spans = await spansAfter(before);
  expect(daemon.datagrams.length).toBe(before + 1);
  expect(spans.find(({ kind }) => kind === 'server')).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parent: 'b7ad6b7169203331',
  });
});
