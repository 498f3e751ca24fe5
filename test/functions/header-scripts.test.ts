import { once } from 'node:events';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toVisit } from '../../lib/aws/lambda-visit.ts';
import { GatewayError } from '../../lib/errors.ts';
import { toLabels } from '../../lib/pipeline/headers.ts';
import { type House, openHouse } from '../support/door.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const given = {
  'x-sluice-user': 'José 山田',
  'x-sluice-feature': 'búsqueda',
  'x-sluice-prompt': 'grüße@3',
  'x-sluice-metadata': '{"città":"Zürich"}',
};
const recorded = { user: 'José 山田', feature: 'búsqueda', prompt: 'grüße@3', metadata: { città: 'Zürich' } };

/** Asks for a chat byte by byte, as curl does; the record of the call. */
async function recordOf(headers: Readonly<Record<string, string>>, encoding: 'utf8' | 'latin1') {
  const { tenant, key } = await house.keyOf({ budgets: 'none' });
  const body = JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }] });
  const lines = Object.entries({
    host: 'sluice',
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': body.length,
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = createConnection(house.door.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.from(`POST /v1/chat/completions HTTP/1.1\r\n${lines.join('')}\r\n${body}`, encoding));
  expect(await text(socket)).toContain('HTTP/1.1 200');
  await expect.poll(() => house.tables.calls(tenant)).toHaveLength(1);
  return (await house.tables.calls(tenant))[0];
}

test('labels are on record as they were sent, in whatever script', async () => {
  expect(await recordOf(given, 'utf8')).toMatchObject(recorded);
});

test('a sender of Latin-1 and one of UTF-8 name the same user', async () => {
  for (const encoding of ['utf8', 'latin1'] as const)
    expect(await recordOf({ 'x-sluice-user': 'José' }, encoding)).toMatchObject({ user: 'José' });
});

test.each(['utf8', 'latin1'] as const)('the Lambda door reads the same, should it be told them as %s', (told) => {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, Buffer.from(value).toString(told)]),
  );
  const { signal } = new AbortController();
  const circumstances = { signal, over: signal, id: 'req_1', startedAt: 1, startedTick: 1 };
  const byUrl = { rawPath: '/v1/chat/completions', requestContext: { http: { method: 'POST' } }, headers };
  const byApi = { httpMethod: 'POST', path: '/v1/chat/completions', headers };
  for (const event of [byUrl, byApi]) {
    const visit = toVisit(event, circumstances);
    if (visit instanceof GatewayError) throw visit;
    expect(toLabels(visit.headers, {})).toEqual(recorded);
  }
});
