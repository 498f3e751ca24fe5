import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionFailed, type Database, queried } from '../../lib/aws/database.ts';
import { direct } from '../../lib/aws/direct.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import type { Effort } from '../../lib/aws/effort.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { failureOf } from '../support/bytes.ts';
import { scratch } from '../support/gateway.ts';
import { nobody, serveHttp, serveTcp } from '../support/server.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { timer } from '../support/timer.ts';

const { folder, remove } = scratch();
const TableName = localTableNames.cache;
const effort = { tryMs: 10_000, tries: 3 };
let tables: Tables;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`);
});
afterAll(async () => {
  await tables?.stop();
  remove();
});

const at = (url: string, { tryMs, tries }: Effort = effort, pauses: number[] = []): Database => {
  const quick = (ms: number, ring: () => void) => {
    if (ms !== tryMs) pauses.push(ms);
    return timer(ms === tryMs ? ms : 0, ring);
  };
  return direct({ url, region: 'local' }, { timer: quick, now: Date.now, random: () => 1 })({ tryMs, tries });
};

describe('asked the same, the direct client and the SDK', () => {
  const asked: Readonly<Record<string, (database: Database, pk: string) => Promise<unknown>>> = {
    'a put of anything there can be in an item': async (database, pk) => {
      const Item = marshall({
        pk,
        sk: 'all',
        text: 'é\u0000 "B":"AAAA" \u{1f600}',
        number: 12.5,
        yes: true,
        nothing: null,
        bytes: Buffer.from([0, 255, 10]),
        list: [1, 'two', { B: 'three', S: { N: 4 } }],
        map: { B: { S: 'text' }, N: 7 },
        B: 'an attribute of this name',
        set: new Set(['a', 'b']),
      });
      await database.putItem({ TableName, Item });
      return database.getItem({ TableName, Key: marshall({ pk, sk: 'all' }), ConsistentRead: true });
    },
    'a read of what is not there': (database, pk) => database.getItem({ TableName, Key: marshall({ pk, sk: 'no' }) }),
    'a condition that fails': async (database, pk) => {
      const Item = marshall({ pk, sk: 'once', bytes: Buffer.from('old') });
      const put = { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' };
      await database.putItem(put);
      const failure = await failureOf(
        database.putItem({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
      );
      if (!conditionFailed(failure)) throw failure;
      return [failure.name, failure.message, failure.Item];
    },
    'an update and what it leaves': (database, pk) =>
      database.updateItem({
        TableName,
        Key: marshall({ pk, sk: 'sum' }),
        UpdateExpression: 'ADD #total :much SET word = :word',
        ExpressionAttributeNames: { '#total': 'total' },
        ExpressionAttributeValues: { ':much': { N: '9007199254740993' }, ':word': { S: 'x' } },
        ReturnValues: 'ALL_NEW',
      }),
    'a deletion': async (database, pk) => {
      const Key = marshall({ pk, sk: 'gone' });
      await database.putItem({ TableName, Item: Key });
      await database.deleteItem({ TableName, Key });
      return database.getItem({ TableName, Key, ConsistentRead: true });
    },
    'a query of many pages': async (database, pk) => {
      for (const sk of ['1', '2', '3']) await database.putItem({ TableName, Item: marshall({ pk, sk }) });
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': pk }),
        Limit: 1,
      };
      const pages = [];
      for await (const page of queried(database, query)) pages.push(page);
      return pages;
    },
    'a read of several at once': async (database, pk) => {
      const keys = ['a', 'b', 'c'].map((sk) => marshall({ pk, sk }));
      for (const Item of keys.slice(0, 2)) await database.putItem({ TableName, Item });
      const { Responses, UnprocessedKeys } = await database.batchGetItem({
        RequestItems: { [TableName]: { Keys: keys } },
      });
      return [Responses?.[TableName]?.map(({ sk }) => sk?.S).sort(), UnprocessedKeys];
    },
    'a write of several at once': async (database, pk) => {
      const puts = ['a', 'b'].map((sk) => ({ PutRequest: { Item: marshall({ pk, sk }) } }));
      const { UnprocessedItems } = await database.batchWriteItem({ RequestItems: { [TableName]: puts } });
      const written = await database.getItem({ TableName, Key: marshall({ pk, sk: 'b' }), ConsistentRead: true });
      return [UnprocessedItems, written];
    },
    'what makes no sense': async (database) => {
      const failure = await failureOf(database.getItem({ TableName, Key: { pk: { S: '' }, sk: { S: 'x' } } }));
      return failure instanceof Error ? [failure.name, failure.message] : failure;
    },
    'a table that is not there': async (database) => {
      const failure = await failureOf(database.getItem({ TableName: 'nowhere', Key: marshall({ pk: 'a', sk: 'b' }) }));
      return failure instanceof Error && [failure.name, Object(failure).$metadata.httpStatusCode];
    },
  };

  test.each(Object.entries(asked))('are told the same: %s', async (name, ask) => {
    const sdk = dynamodb({ endpoint: tables.endpoint, ...effort });
    const ours = comparable(await ask(at(tables.endpoint), `ours ${name}`), `ours ${name}`);
    expect(ours).toEqual(comparable(await ask(sdk, `theirs ${name}`), `theirs ${name}`));
    sdk.destroy();
  });
});

/** What was told, less how it was come by: which partition, how often it was tried, and which kind of bytes. */
function comparable(told: unknown, pk: string): unknown {
  if (told instanceof Uint8Array) return [...told];
  if (Array.isArray(told)) return told.map((each) => comparable(each, pk));
  if (typeof told !== 'object' || told === null) return told === pk ? 'pk' : told;
  const { $metadata: _, ...rest } = Object(told);
  return Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, comparable(each, pk)]));
}

describe('the direct client', () => {
  const refusing = (status: number, name: string) => (_: IncomingMessage, response: ServerResponse) =>
    response
      .writeHead(status)
      .end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'No.' }));
  const get = (database: Database) => database.getItem({ TableName, Key: marshall({ pk: 'a', sk: 'b' }) });

  test.each([
    ['throttled', refusing(400, 'ProvisionedThroughputExceededException'), 3],
    ['told of a fault', refusing(500, 'InternalServerError'), 3],
    ['cut off', ({ socket }: IncomingMessage) => socket.resetAndDestroy(), 3],
    ['answered by something else', (_: IncomingMessage, response: ServerResponse) => response.end('<html>'), 3],
    ['refused', refusing(400, 'ValidationException'), 1],
    ['refused by its condition', refusing(400, 'ConditionalCheckFailedException'), 1],
  ] as const)('when %s tries as often as it helps', async (_, answer, tries) => {
    let asked = 0;
    const server = await serveHttp((request, response) => {
      asked += 1;
      request.resume().on('end', () => answer(request, response));
    });
    const pauses: number[] = [];
    expect(await failureOf(get(at(server.url, effort, pauses)))).toBeInstanceOf(Error);
    expect([asked, pauses]).toEqual([tries, [50, 100].slice(0, tries - 1)]);
    await server.close();
  });

  test('gives up in time what has no answer, and what has no connection', async () => {
    const server = await serveHttp(() => {});
    const silent = await failureOf(get(at(server.url, { tryMs: 20, tries: 1 })));
    expect(silent).toMatchObject({ name: 'TimeoutError' });
    const shorter = at(server.url, { tryMs: 10_000, tries: 1 });
    expect(
      await failureOf(shorter.getItem({ TableName, Key: marshall({ pk: 'a', sk: 'b' }) }, { requestTimeout: 20 })),
    ).toMatchObject({ name: 'TimeoutError' });
    expect(await failureOf(get(at(await nobody(), { tryMs: 10_000, tries: 1 })))).toMatchObject({
      code: 'ECONNREFUSED',
    });
    await server.close();
  });

  test('ends with its signal, and does not try again', async () => {
    let asked = 0;
    const leaving = new AbortController();
    const server = await serveHttp(() => {
      asked += 1;
      leaving.abort(new Error('Nobody waits.'));
    });
    const limits = { abortSignal: leaving.signal };
    const Key = marshall({ pk: 'a', sk: 'b' });
    const gone = await failureOf(at(server.url).getItem({ TableName, Key }, limits));
    expect(gone).toMatchObject({ name: 'AbortError', cause: { message: 'Nobody waits.' } });
    expect(await failureOf(at(server.url).getItem({ TableName, Key }, limits))).toMatchObject({ name: 'AbortError' });
    expect(asked).toBe(1);
    await server.close();
  });

  test('never sends what was given up before there was a connection', async () => {
    // A server that lets nobody in until it is told to.
    const sockets: Socket[] = [];
    let asked = 0;
    const server = createServer(() => {
      asked += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const database = at(`http://127.0.0.1:${port}`, { tryMs: 10_000, tries: 1 });
    const leaving = new AbortController();
    const asking = database.getItem(
      { TableName, Key: marshall({ pk: 'a', sk: 'b' }) },
      { abortSignal: leaving.signal },
    );
    leaving.abort(); // in the same turn: nobody can be connected yet
    expect(await failureOf(asking)).toMatchObject({ name: 'AbortError' });
    await new Promise<void>((resolve) =>
      server.once('connection', (socket) => {
        sockets.push(socket);
        socket.once('close', () => resolve());
      }),
    );
    expect(asked).toBe(0);
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  test('keeps no connection that does not come about', async () => {
    const closed = Promise.withResolvers<void>();
    // It lets everybody in, and then says nothing of TLS.
    const server = await serveTcp((socket) => void socket.resume().once('close', () => closed.resolve()));
    const database = at(server.url.replace('http:', 'https:'), { tryMs: 20, tries: 1 });
    expect(await failureOf(get(database))).toMatchObject({ name: 'TimeoutError' });
    await closed.promise; // a hundred of them would let nobody through
    await server.close();
  });

  test('signs with what the environment holds at the time', async () => {
    const seen: string[] = [];
    const server = await serveHttp((request, response) => {
      seen.push(`${request.headers.authorization} ${request.headers['x-amz-security-token']}`);
      request.resume().on('end', () => response.end('{}'));
    });
    let sessionToken = 'first';
    const credentials = () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken });
    const place = { url: server.url, region: 'eu-west-1', credentials };
    const database = direct(place, { timer, now: Date.now, random: Math.random })(effort);
    await get(database);
    sessionToken = 'second';
    await get(database);
    expect(seen).toEqual([
      expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-west-1\/dynamodb\/aws4_request, .* first$/),
      expect.stringMatching(/ second$/),
    ]);
    await server.close();
  });
});
