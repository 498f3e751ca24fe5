import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { call } from '../../lib/pipeline/call.ts';
import { openChat } from '../../lib/pipeline/open-chat.ts';
import { httpSend } from '../../lib/wire/send.ts';
import { hold, labs, planOf, requestOf, tallyOf, targets } from '../support/labs.ts';
import { serveHttp } from '../support/server.ts';
import { timer } from '../support/timer.ts';
import { beginStream, ending, event } from '../support/upstream.ts';
import { fakeWorld } from '../support/world.ts';

let answer: (response: ServerResponse) => void;
let unfinished: Set<ServerResponse>;
let connections: Set<Socket>;
let server: Awaited<ReturnType<typeof serveHttp>>;

beforeEach(async () => {
  unfinished = new Set();
  connections = new Set();
  server = await serveHttp((request, response) => {
    connections.add(request.socket);
    unfinished.add(response);
    response.on('close', () => unfinished.delete(response));
    request.resume().on('end', () => answer(response));
  });
});
afterEach(() => server.close());

const send = httpSend(timer, Date.now);

/** Asks for a stream and reads it to its end, or only until something of it is here. */
async function asked(reading: 'whole' | 'begin' = 'whole') {
  const fields = { stream: true };
  const addresses = { one: `${server.url}/v1` };
  const world = fakeWorld({ config: labs(addresses), send });
  const patience = { signal: new AbortController().signal, leftMs: () => 0 };
  const going = { patience, tally: tallyOf(fields, world.tick), world, hold };
  const opened = await call(
    planOf(targets(addresses), 1),
    openChat(() => requestOf(fields)),
    going,
  );
  if (opened.kind === 'whole') throw new Error('A stream was asked for.');
  for await (const _ of opened.chunks) if (reading === 'begin') break;
}

describe('a provider that does not end its answer is left', () => {
  const begun = (more: string) => (response: ServerResponse) => {
    beginStream(response);
    response.write(more);
  };
  const fault = 'data: {"error":{"message":"x"}}\n\n';

  test.each([
    ['at a refusal longer than any', (response: ServerResponse) => response.writeHead(500).write('x'.repeat(200_000))],
    ['at a failure before the first content', begun(fault)],
    ['at a failure within the answer', begun(event({ content: 'Hi' }) + fault)],
    ['at words that are none of its language', begun('data: <html>\n\n')],
  ])('%s', async (_, script) => {
    answer = script;
    await expect(asked()).rejects.toThrow();
    await expect.poll(() => unfinished.size).toBe(0);
  });

  test('at its last event', async () => {
    answer = begun(event({ content: 'Hi' }) + ending);
    await asked();
    await expect.poll(() => unfinished.size).toBe(0);
  });

  test('by a reader who leaves it', async () => {
    answer = begun(event({ content: 'Hi' }));
    await asked('begin');
    await expect.poll(() => unfinished.size).toBe(0);
  });
});

test('refusals leave their connection for the next call', async () => {
  answer = (response) => void response.writeHead(429).end('{"error":{"message":"slow down"}}');
  for (let times = 0; times < 10; times++) {
    await expect(asked()).rejects.toThrow();
    await new Promise(setImmediate);
  }
  expect(connections.size).toBe(1);
});
