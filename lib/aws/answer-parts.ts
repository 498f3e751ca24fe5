import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { marshall } from '@aws-sdk/util-dynamodb';
import { endOf } from './claim-items.ts';
import { type Database, queried } from './database.ts';
import { toItem } from './item.ts';

/** Whose answer it is. */
type Whose = { readonly pk: string; readonly owner: string };

/** An item may have 400 kB, its keys included. */
const MOST_PART_BYTES = 350_000;
/** Parts go after their head has, never before. */
const LONGER_SECONDS = 3600;

/** Bodies of answers, compressed, in as many items as they need. */
export function answerParts(TableName: string, partBytes = MOST_PART_BYTES) {
  return {
    /** Writes a body down; gives the number of its parts. */
    async write({ pk, owner }: Whose, body: string, database: Database, now: number): Promise<number> {
      const bytes = await promisify(gzip)(body);
      const count = Math.ceil(bytes.length / partBytes);
      // One after the other: all at once are more than a partition takes in a second.
      for (let number = 0; number < count; number++) {
        const part = bytes.subarray(number * partBytes, (number + 1) * partBytes);
        const Item = marshall({ pk, sk: nameOf(owner, number), part, ttl: endOf(now) + LONGER_SECONDS });
        await database.putItem({ TableName, Item });
      }
      return count;
    },

    /** A body, from its parts. Throws when one is missing. */
    async read({ pk, owner, count }: Whose & { count: number }, database: Database, abortSignal: AbortSignal) {
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :owner)',
        ExpressionAttributeValues: marshall({ ':pk': pk, ':owner': prefixOf(owner) }),
        ConsistentRead: true,
      };
      const parts: Uint8Array[] = [];
      for await (const items of queried(database, query, { abortSignal }))
        for (const item of items) parts.push(bytesOf(toItem(item).part));
      if (parts.length !== count) throw new Error(`Of an answer's ${count} parts there are ${parts.length}.`);
      return (await promisify(gunzip)(Buffer.concat(parts))).toString();
    },
  };
}

const prefixOf = (owner: string) => `part#${owner}#`;
const nameOf = (owner: string, number: number) => `${prefixOf(owner)}${String(number).padStart(3, '0')}`;

function bytesOf(part: unknown): Uint8Array {
  if (part instanceof Uint8Array) return part;
  throw new Error('A part of an answer is no bytes.');
}
