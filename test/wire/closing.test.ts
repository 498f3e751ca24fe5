import { afterEach, expect, test } from 'vitest';
import { httpSend, type Outbound } from '../../lib/wire/send.ts';
import { serveTcp } from '../support/server.ts';
import { timer } from '../support/timer.ts';

let close = async () => {};
afterEach(() => close());

// More than is kept of what comes faster than it is read, and less than the buffers between: the host has ended before anybody reads.
const BYTES = 100_000;

// undici's assertions throw at the process, not at whoever asked: the runner fails a test for that, too.
test.each([
  ['that says so', `HTTP/1.1 200 OK\r\ncontent-length: ${BYTES}\r\nconnection: close`],
  ['that does not say how long it is', 'HTTP/1.1 200 OK'],
  ['of an old host', `HTTP/1.0 200 OK\r\ncontent-length: ${BYTES}`],
  ['of a host that ends it without a word', `HTTP/1.1 200 OK\r\ncontent-length: ${BYTES}`],
])('an answer that ends with its connection, one %s, is whole for a reader who comes late', async (_, head) => {
  const ended = Promise.withResolvers<void>();
  const host = await serveTcp((socket) => {
    socket.once('close', () => ended.resolve());
    socket.once('data', () => {
      socket.write(`${head}\r\n\r\n`);
      socket.end(Buffer.alloc(BYTES, 'a'));
    });
  });
  close = host.close;
  const outbound: Outbound = { via: 'http', method: 'POST', url: host.url, headers: {}, body: '{}' };
  const { body } = await httpSend(timer, Date.now)(outbound, new AbortController().signal);
  await ended.promise;
  expect(Buffer.concat(await Array.fromAsync(body)).length).toBe(BYTES);
});
