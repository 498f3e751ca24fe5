import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type DynamoDB, GetItemCommand, PutItemCommand, paginateQuery, paginateScan } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type AccessAdmin, accessAdmin } from '../../lib/aws/access-admin.ts';
import { createTables } from '../../lib/aws/create-tables.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { auditTable, localTableNames } from '../../lib/aws/tables.ts';
import { findDatabase } from '../../lib/local/dynamodb/find.ts';
import { startDatabase } from '../../lib/local/dynamodb/start.ts';
import { seed } from '../../lib/local/seed.ts';
import { demoKey } from './gateway.ts';

type Item = Readonly<Record<string, unknown>>;

const tableNames = { ...localTableNames, audit: auditTable.localName };
type Table = keyof typeof tableNames;

/** The tables as a test reads them. */
export type Reading = {
  readonly item: (table: Table, pk: string, sk: string) => Promise<Item | undefined>;
  /** What a scope has spent and how often it called. */
  readonly spent: (scope: string) => Promise<{ readonly total: number; readonly calls: number; readonly item: Item }>;
  /** A tenant's call records, the oldest first. */
  readonly calls: (tenant: string) => Promise<readonly Item[]>;
  /** All items of a table as text, what is packed unpacked. */
  readonly everything: (table: keyof typeof localTableNames) => Promise<string>;
};

/** The gateway's tables on the embedded database, with tenant demo in them. */
export type Tables = Reading & {
  /** Writes an item as a person in the console would: nothing checks it. */
  readonly put: (table: Table, item: Item) => Promise<void>;
  /** Where a gateway finds them: a line that the test can hold. */
  readonly endpoint: string;
  /** The database at the end of that line, for those who hold nothing: what goes by the line costs its way twice. */
  readonly direct: string;
  readonly admin: AccessAdmin;
  /** From now on requests wait on the line; the function it gives back lets them through. */
  readonly hold: () => () => void;
  /** Resolves when a request waits on the line, which must be held. */
  readonly asked: () => Promise<void>;
  /** Forgets the line's connections, and tells nobody: who sends something over one is reset. New ones can be made. */
  readonly forget: () => void;
  readonly stop: () => Promise<void>;
};

/** Reads the tables of a database. */
export function reading(client: DynamoDB): Reading {
  const item: Reading['item'] = async (table, pk, sk) => {
    const { Item } = await client.send(new GetItemCommand({ TableName: tableNames[table], Key: marshall({ pk, sk }) }));
    return Item && unmarshall(Item);
  };
  return {
    item,
    spent: async (scope) => {
      const found = (await item('counters', scope, 'counter')) ?? {};
      return { total: Number(found.total ?? 0), calls: Number(found.calls ?? 0), item: found };
    },
    calls: async (tenant) => {
      const query = {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': `tenant#${tenant}` }),
      };
      const items: Item[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, { TableName: localTableNames.calls, ...query }))
        items.push(...Items.map((each) => unmarshall(each)));
      return items;
    },
    everything: async (table) => {
      const pages = await Array.fromAsync(paginateScan({ client }, { TableName: localTableNames[table] }));
      return JSON.stringify(pages, (_, value) => (value instanceof Uint8Array ? readable(value) : value));
    },
  };
}

/** Bytes as text, unpacked where they are packed. */
function readable(bytes: Uint8Array): string {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return Buffer.from(packed ? gunzipSync(bytes) : bytes).toString('latin1');
}

/** Reads the tables of a gateway that runs on a data folder. */
export async function readingOf(dataDir: string): Promise<Reading> {
  return reading(dynamodb({ endpoint: await findDatabase(dataDir), tryMs: 10_000, tries: 3 }));
}

/** Starts the database on a data folder, with its tables, and with tenant demo and its key unless they are not wanted. */
export async function startTables(dataDir: string, seeding: 'seeded' | 'bare' = 'seeded'): Promise<Tables> {
  const program = fileURLToPath(new URL('../../lib/local/dynamodb/main.ts', import.meta.url));
  const database = await startDatabase({ dataDir, program });
  const client = dynamodb({ endpoint: database.endpoint, tryMs: 10_000, tries: 3 });
  await createTables(client);
  const admin = accessAdmin(client, localTableNames);
  if (seeding === 'seeded') await seed(admin, demoKey);
  const line = await startLine(Number(new URL(database.endpoint).port));
  return {
    ...reading(client),
    put: async (table, item) => {
      await client.send(new PutItemCommand({ TableName: tableNames[table], Item: marshall(item) }));
    },
    endpoint: `http://127.0.0.1:${line.port}`,
    direct: database.endpoint,
    admin,
    hold: line.hold,
    asked: line.asked,
    forget: line.forget,
    stop: async () => {
      line.close();
      client.destroy();
      await database.stop();
    },
  };
}

/** A TCP line to a port of this machine, on which what clients send can be held back. */
async function startLine(to: number) {
  const open = new Set<Socket>();
  const forgotten = new WeakSet<Socket>();
  let held:
    | { readonly released: Promise<void>; readonly reached: Promise<void>; readonly reach: () => void }
    | undefined;
  const server = createServer((near) => {
    const far = dial(to, '127.0.0.1');
    near.on('data', async (bytes) => {
      if (forgotten.has(near)) return void near.resetAndDestroy();
      near.pause();
      if (held !== undefined) {
        held.reach();
        await held.released;
      }
      far.write(bytes);
      near.resume();
    });
    far.pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => {
      const release = Promise.withResolvers<void>();
      const reach = Promise.withResolvers<void>();
      held = { released: release.promise, reached: reach.promise, reach: reach.resolve };
      return () => {
        held = undefined;
        release.resolve();
      };
    },
    asked: () => held?.reached ?? Promise.reject(new Error('The line is not held.')),
    forget: () => {
      for (const socket of open) forgotten.add(socket);
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
