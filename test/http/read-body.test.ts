import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody } from '../../lib/http/read-body.ts';

const request = (pieces: readonly Buffer[]) => Readable.from(pieces, { objectMode: false }) as IncomingMessage;

test.each([1, 2, 31, 32, 33, 5_003])('a body that comes in %i pieces of one byte is read whole', async (count) => {
  const whole = Buffer.from(Array.from({ length: count }, (_, at) => at % 251));
  const pieces = Array.from(whole, (byte) => Buffer.of(byte));
  expect(Buffer.compare((await readBody(request(pieces), count)) as Buffer, whole)).toBe(0);
  expect(await readBody(request(pieces), count - 1)).toBe('too large');
});
