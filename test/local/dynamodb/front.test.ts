import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { findDatabase } from '../../../lib/local/dynamodb/find.ts';
import { database, databaseWithTables, get, keyOf, pidOf, put } from './house.ts';

test('a client that hangs up in mid-request disturbs nobody', async () => {
  const { client, dataDir, endpoint } = await databaseWithTables();
  const pid = await pidOf(dataDir);
  await hangUp(endpoint, 'content-length: 1000\r\n\r\n{"TableName":');
  await hangUp(endpoint, 'transfer-encoding: chunked\r\n\r\n5\r\n{"Tab');
  await hangUp(endpoint, 'content-length: 1000\r\n');
  await put(client, 'a', { spent: { N: '1' } });
  expect(await findDatabase(dataDir)).toBe(endpoint);
  expect(await pidOf(dataDir)).toBe(pid);
});

test('a client that does not wait for its answer disturbs nobody', async () => {
  const { client, dataDir, endpoint } = await databaseWithTables();
  const pid = await pidOf(dataDir);
  const body = JSON.stringify({ TableName: 'Counters', Item: { ...keyOf('a'), spent: { N: '1' } } });
  for (let sent = 0; sent < 50; sent += 1) await hangUp(endpoint, `content-length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => get(client, 'a')).toMatchObject({ spent: { N: '1' } });
  expect(await pidOf(dataDir)).toBe(pid);
});

test('a web page is refused, whatever it asks', async () => {
  const { endpoint } = await database();
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    const response = await fetch(endpoint, { method, headers: { origin: 'https://example.com' } });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('a request larger than 16 MB is refused, and the next one is served', async () => {
  const { endpoint } = await database();
  const large = await fetch(endpoint, { method: 'POST', body: Buffer.alloc(16 * 1024 * 1024 + 1, ' ') });
  expect(large.status).toBe(413);
  expect((await fetch(endpoint)).status).toBe(200);
});

test('what is no request gets a refusal in the shape of DynamoDB', async () => {
  const { endpoint } = await database();
  const ask = async (operation: string, body: string) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body,
    });
    const text = await response.text();
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(text)));
    return { status: response.status, type: JSON.parse(text).__type.split('#')[1] };
  };
  expect(await ask('GetItem', '{')).toEqual({ status: 400, type: 'SerializationException' });
  expect(await ask('GetItem', 'null')).toEqual({ status: 400, type: 'SerializationException' });
  expect(await ask('GetItem', '{}')).toEqual({ status: 400, type: 'ValidationException' });
  expect(await ask('ExecuteStatement', '{}')).toEqual({ status: 400, type: 'UnknownOperationException' });
  const deep = `{"TableName":"Counters","Item":${'{"M":'.repeat(20_000)}1${'}'.repeat(20_001)}`;
  expect(await ask('PutItem', deep)).toEqual({ status: 500, type: 'InternalServerError' });
});

test('a refusal reaches the AWS SDK by its name', async () => {
  const { client } = await database();
  const command = new GetItemCommand({ TableName: 'Nowhere', Key: keyOf('a') });
  await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

async function hangUp(endpoint: string, rest: string): Promise<void> {
  const socket: Socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  await once(socket, 'connect');
  await new Promise((sent) =>
    socket.write(`POST / HTTP/1.1\r\nhost: local\r\nx-amz-target: DynamoDB_20120810.PutItem\r\n${rest}`, sent),
  );
  socket.resetAndDestroy();
  await once(socket, 'close');
}
