import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DynamoDB, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../../schema.ts';
import * as z from 'zod/mini';
import { toItem } from '../item.ts';
import { putIf } from '../put-if.ts';
import { noSums, type Sums } from './sums.ts';
import { fromText, toText } from './sums-text.ts';
import { between, type Kind, type Span, summarySk, usagePk } from './usage-keys.ts';

/** A quarter of an hour, or a day, summed up. */
export type Summary = {
  readonly sums: Sums;
  /** How many had been announced as late when its records were read: exact as long as no more were. */
  readonly counted: number;
};

/** What stands in the table of a stretch: `unfit` where that cannot be read, or not whole. */
export type Standing = Summary | 'unfit';

/** What a stretch of which so many latecomers were announced comes to; undefined where only its records tell. */
export function exact(standing: Standing | undefined, late: number): Sums | undefined {
  if (standing === undefined) return late === 0 ? noSums() : undefined;
  return standing !== 'unfit' && standing.counted === late ? standing.sums : undefined;
}

/** An item may have 400 kB, its keys included. */
const MOST_BYTES = 350_000;
/** Of how items are written. What has another version is for nobody here, and is written anew. */
export const VERSION = 1;

/**
 * What was summed up of tenants' calls, in table Calls. Its lot is a mark of all it says. A summary that is too long for an
 * item is one of parts, which are named by the lot and written before it: whoever finds a summary finds its own parts, or sees that one is missing.
 */
export function summaries(client: DynamoDB, TableName: string, mostBytes = MOST_BYTES) {
  const write = async ({ tenant, kind, start }: Which, { sums, counted }: Summary, condition: Condition) => {
    const body = await promisify(gzip)(toText(sums));
    const key = { pk: usagePk(tenant), sk: summarySk(kind, start) };
    const ttl = sums.keptUntil > 0 ? { ttl: sums.keptUntil } : {};
    const parts = Math.ceil(body.length / mostBytes);
    const lot = createHash('sha256').update(body).digest('hex').slice(0, 16);
    // Parts that a summary had before stay until their time is over: a reader may be at them, and who sums up need not be
    // able to delete anything.
    if (parts > 1)
      for (let part = 0; part < parts; part++) {
        const slice = body.subarray(part * mostBytes, (part + 1) * mostBytes);
        const Item = marshall({ pk: key.pk, sk: partSk(key.sk, lot, part), body: slice, ...ttl });
        await client.send(new PutItemCommand({ TableName, Item }));
      }
    return putIf(client, {
      TableName,
      Item: marshall({ ...key, v: VERSION, counted, ...ttl, lot, ...(parts > 1 ? { parts } : { body }) }),
      ConditionExpression: condition.expression,
      ExpressionAttributeValues: marshall(condition.values),
    });
  };

  return {
    /** Writes a summary down, unless there is one that knows of more. */
    async put(tenant: string, kind: Kind, start: number, summary: Summary): Promise<void> {
      const expression = 'attribute_not_exists(pk) OR counted <= :counted OR v <> :v';
      const values = { ':counted': summary.counted, ':v': VERSION };
      await write({ tenant, kind, start }, summary, { expression, values });
    },

    /** Writes one down in the place of that which was read; false where that is another by now. */
    replace(tenant: string, kind: Kind, start: number, { lot, ...summary }: Summary & { readonly lot: string }) {
      // What was written before each had its lot has none.
      const same = lot === '' ? 'attribute_not_exists(lot)' : 'lot = :lot';
      return write({ tenant, kind, start }, summary, {
        expression: `${same} AND counted = :counted`,
        values: { ':counted': summary.counted, ...(lot !== '' && { ':lot': lot }) },
      });
    },

    oneByOne,

    /** What stands of the quarters or days that begin in a span, by when they begin. */
    async within(tenant: string, kind: Kind, span: Span): Promise<ReadonlyMap<number, Standing>> {
      const found = new Map<number, Standing>();
      for await (const [begins, standing] of oneByOne(tenant, kind, span)) found.set(begins, standing);
      return found;
    },
  };

  /** The same in their order, each with its lot, of which no more is kept than one, and a page. */
  async function* oneByOne(tenant: string, kind: Kind, { start, end }: Span): AsyncIterable<Found> {
    if (end <= start) return;
    const query = between(TableName, tenant, summarySk(kind, start), summarySk(kind, end));
    let head: Item | undefined;
    let parts = new Map<string, Uint8Array>();
    for await (const { Items = [] } of paginateQuery({ client }, query))
      for (const item of Items.map(toItem)) {
        const lot = String(item.sk).split('#')[2];
        if (lot !== undefined) {
          if (item.body instanceof Uint8Array) parts.set(String(item.sk), item.body);
          continue;
        }
        // It comes before its parts, and after those of the one before.
        if (head !== undefined) yield [beginOf(head), await toStanding(head, parts), lotOf(head)];
        head = beginOf(item) < end ? item : undefined;
        parts = new Map();
      }
    if (head !== undefined) yield [beginOf(head), await toStanding(head, parts), lotOf(head)];
  }
}

/** Reads and writes summaries. */
export type Summaries = ReturnType<typeof summaries>;

type Item = Readonly<Record<string, unknown>>;
type Which = { readonly tenant: string; readonly kind: Kind; readonly start: number };
type Condition = { readonly expression: string; readonly values: Readonly<Record<string, string | number>> };
type Found = readonly [begins: number, standing: Standing, lot: string];

const beginOf = ({ sk }: Item): number => Date.parse(String(sk).split('#')[1] ?? '');
const lotOf = ({ lot }: Item): string => (typeof lot === 'string' ? lot : '');
const partSk = (sk: string, lot: string, part: number) => `${sk}#${lot}#${String(part).padStart(3, '0')}`;

const head = z.object({
  sk: z.string(),
  v: z.literal(VERSION),
  counted: z.int(),
  ttl: z._default(z.int(), 0),
  body: z.optional(z.instanceof(Uint8Array)),
  parts: z._default(z.int(), 0),
  lot: z._default(z.string(), ''),
});

// Whatever is wrong with it, the records are there and can be read instead.
async function toStanding(item: Item, parts: ReadonlyMap<string, Uint8Array>): Promise<Standing> {
  try {
    const { sk, counted, ttl, lot, ...its } = head.parse(item);
    const slices = Array.from({ length: its.parts }, (_, part) => parts.get(partSk(sk, lot, part)) ?? missing());
    const body = its.body ?? Buffer.concat(slices);
    return { sums: fromText((await promisify(gunzip)(body)).toString(), ttl), counted };
  } catch {
    return 'unfit';
  }
}

function missing(): never {
  throw new Error('A part of a summary is missing.');
}
