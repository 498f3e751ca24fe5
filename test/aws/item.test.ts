import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTenant } from '../../lib/aws/access-items.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { toItem } from '../../lib/aws/item.ts';
import { serveHttp } from '../support/server.ts';

// The embedded engine has no field called __proto__, so the wire itself is scripted here.
let wire = '{}';
let server: Awaited<ReturnType<typeof serveHttp>>;
beforeAll(async () => {
  server = await serveHttp((_, response) =>
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(`{"Item":${wire}}`),
  );
});
afterAll(() => server.close());

async function read(item: string) {
  wire = item;
  const client = dynamodb({ endpoint: server.url, tryMs: 5_000, tries: 1 });
  const { Item = {} } = await client.send(
    new GetItemCommand({ TableName: 'Access', Key: marshall({ pk: 'a', sk: 'b' }) }),
  );
  client.destroy();
  return toItem(Item);
}

describe('a field that is called __proto__', () => {
  const tenant = '"pk":{"S":"tenant#a"},"sk":{"S":"tenant"}';
  const loose = '{"M":{"budgets":{"M":{"day":{"N":"999999"}}}}}';

  test.each([
    ['of the item', `{${tenant},"__proto__":${loose}}`],
    ['of a map in it', `{${tenant},"keyDefaults":{"M":{"__proto__":${loose}}}}`],
  ])('%s says nothing behind the back of who reads it', async (_, item) => {
    const reading = readTenant(await read(item));
    const told = reading.ok ? [reading.item.budgets, reading.item.keyDefaults?.budgets] : 'refused';
    expect([[undefined, undefined], 'refused']).toContainEqual(told);
  });
});

test('an item is read as it was written', () => {
  const values = fc
    .jsonValue({ noUnicodeString: false })
    .filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), values), (item) => {
      fc.pre(!JSON.stringify(item).includes('__proto__') && !/e[+-]?\d/i.test(JSON.stringify(item)));
      expect(toItem(marshall(item, { convertClassInstanceToMap: true, allowImpreciseNumbers: true }))).toEqual(
        JSON.parse(JSON.stringify(item)),
      );
    }),
  );
});

test('numbers too large for JavaScript, sets and bytes come as they can', () => {
  const item = {
    big: { N: '123456789012345678901' },
    set: { SS: ['a', 'b'] },
    bytes: { B: new Uint8Array([1, 2]) },
    none: { NULL: true },
  };
  expect(toItem(item)).toEqual({
    big: 123456789012345680000,
    set: new Set(['a', 'b']),
    bytes: new Uint8Array([1, 2]),
    none: null,
  });
});
