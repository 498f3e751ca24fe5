import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpSend } from '../../lib/wire/send.ts';
import { timer } from '../support/timer.ts';

let connections: number;
let answer: (response: ServerResponse) => void;
let left: PromiseWithResolvers<void>;
let server: ReturnType<typeof createServer>;
let url: string;

beforeEach(async () => {
  connections = 0;
  left = Promise.withResolvers();
  server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) left.resolve();
    });
    request.resume().on('end', () => answer(response.writeHead(200)));
  });
  server.on('connection', () => {
    connections++;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const asked = (send: ReturnType<typeof httpSend>) =>
  send({ via: 'http', method: 'POST', url, headers: {}, body: '{}' }, new AbortController().signal);

test.each(['read to its end', 'left at its last event'])(
  'an answer %s keeps its connection for the next call',
  async (how) => {
    const send = httpSend(timer, Date.now);
    let said = () => {};
    answer = (response) => {
      response.write('data: 1\n\ndata: [DONE]\n\n');
      setTimeout(() => response.end(said), 5); // the last HTTP chunk comes a little later
    };
    for (let call = 0; call < 10; call++) {
      const whole = new Promise<void>((resolve) => {
        said = resolve;
      });
      for await (const _ of (await asked(send)).body) if (how !== 'read to its end') break;
      await whole;
    }
    // Now and then the next call begins before the pool has its connection back, and opens another.
    expect(connections).toBeLessThanOrEqual(4);
  },
);

test('an answer that goes on when its reader leaves is broken off', async () => {
  answer = (response) => void response.write('data: 1\n\n');
  for await (const _ of (await asked(httpSend(timer, Date.now))).body) break;
  await left.promise;
});
