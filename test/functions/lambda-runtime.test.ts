import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, test } from 'vitest';
import { type Gate, startGate } from '../support/ric/gate.ts';
import { emptyHandler, type Runtime, startRuntime } from '../support/ric/start-runtime.ts';
import { timeFirstAnswer } from '../support/ric/time-first-answer.ts';
import type { Script, Seen } from '../support/scripted-handler/scripted.ts';

const scripted = fileURLToPath(new URL('../support/scripted-handler/', import.meta.url));
const brief: Script = { status: 200, headers: { 'content-type': 'text/plain' }, body: [{ give: 'hello' }] };

let runtime: Runtime;
let gate: Gate;

beforeAll(async () => {
  [runtime, gate] = await Promise.all([startRuntime({ bundleDir: scripted }), startGate()]);
});

afterAll(async () => {
  await Promise.all([runtime.stop(), gate.close()]);
});

test('a streamed body arrives piece by piece', async () => {
  const { status, headers, pieces, text } = await runtime.invoke({
    ...brief,
    body: [{ give: 'first' }, { wait: gate.url('second') }, { give: ', second' }],
  });
  const { value } = await pieces[Symbol.asyncIterator]().next();
  assert.deepEqual([status, headers, value?.text], [200, brief.headers, 'first']);
  await gate.reached('second');
  gate.open('second');
  assert.equal(await text(), ', second');
});

test('status and headers leave before the body has a first piece', async () => {
  const { status, text } = await runtime.invoke({ ...brief, body: [{ wait: gate.url('late') }, { give: 'late' }] });
  assert.equal(status, 200);
  gate.open('late');
  assert.equal(await text(), 'late');
});

test('a refusal carries its status, its headers and its body', async () => {
  const answer = await runtime.invoke({
    status: 401,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
    body: [{ give: '{"error":{}}' }],
  });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers['x-should-retry'], 'false');
  assert.equal(await answer.text(), '{"error":{}}');
});

test('an empty body keeps its status and headers', async () => {
  const answer = await runtime.invoke({ status: 204, headers: { 'x-request-id': 'req_1' }, body: [] });
  assert.equal(answer.status, 204);
  assert.deepEqual(answer.headers, { 'x-request-id': 'req_1' });
  assert.equal(await answer.text(), '');
});

test('the client has its last byte before afterwards begins, and the next poll waits for it', async () => {
  const { ended, nextPoll } = await runtime.invoke({ ...brief, afterwards: gate.url('settle') });
  const [{ at, errorType }, arrival] = await Promise.all([ended, gate.reached('settle')]);
  assert.equal(errorType, undefined);
  assert.ok(at <= arrival.at);
  const opened = performance.now();
  gate.open('settle');
  assert.ok((await nextPoll) >= opened);
});

test('a body longer than the socket takes waits for the drain', async () => {
  const piece = 'x'.repeat(64 * 1024);
  const body = [{ give: piece, times: 128 }];
  const { text } = await runtime.invoke({ ...brief, body, afterwards: gate.url('long') });
  assert.equal((await text()).length, 128 * piece.length);
  const { mostBuffered } = await seenAt('long');
  assert.ok(mostBuffered <= 4 * piece.length, `${mostBuffered} bytes were buffered`);
});

test('a body that throws midway is settled, ends as a failure and leaves the runtime standing', async () => {
  const { text, ended, nextPoll } = await runtime.invoke({
    ...brief,
    body: [{ give: 'half' }, { fail: 'the source broke' }],
    afterwards: gate.url('broken'),
  });
  assert.equal((await seenAt('broken')).pieces, 1);
  assert.equal(await text(), 'half');
  assert.equal((await ended).errorType, 'Error');
  await nextPoll;
  assert.equal(await (await runtime.invoke(brief)).text(), 'hello');
});

test('a body whose connection is cut is read to its end and settled, and the next invocation works', async () => {
  const { text, ended, cut, nextPoll } = await runtime.invoke({
    ...brief,
    body: [{ give: 'x'.repeat(64 * 1024), times: 1000 }],
    afterwards: gate.url('cut'),
  });
  cut();
  await assert.rejects(text());
  await assert.rejects(ended);
  assert.equal((await seenAt('cut')).pieces, 1000);
  await nextPoll;
  assert.equal(await (await runtime.invoke(brief)).text(), 'hello');
});

test('a reader who stops reading is not waited for when time is over: the call is settled', async () => {
  const stalled: Script = {
    ...brief,
    body: [{ give: 'x'.repeat(64 * 1024), times: 400 }, { wait: gate.url('given') }],
    patience: gate.url('patience'),
    afterwards: gate.url('stalled'),
  };
  const { cut, nextPoll } = await runtime.invoke(stalled, { reader: 'slowly' });
  await gate.reached('patience'); // nobody reads: the body stands still
  gate.open('patience');
  await gate.reached('given'); // it went on without its reader
  gate.open('given');
  await seenAt('stalled');
  cut();
  await nextPoll;
});

test('a module that cannot be loaded is an init error and an exit', async () => {
  const broken = await startRuntime({ bundleDir: scripted, handler: 'missing.handler' });
  const invoked = assert.rejects(broken.invoke(brief), /The runtime exited/);
  assert.equal((await broken.initError).errorType, 'Runtime.ImportModuleError');
  assert.notEqual((await broken.exited).code, 0);
  await invoked;
  await broken.stop();
});

test('a cold start is timed from the spawn to the first answer', async () => {
  const { status, readyMs, answeredMs } = await timeFirstAnswer({ bundleDir: emptyHandler }, {});
  assert.equal(status, 200);
  assert.ok(readyMs <= answeredMs);
});

async function seenAt(name: string): Promise<Seen> {
  const { body } = await gate.reached(name);
  gate.open(name);
  return JSON.parse(body);
}
