import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import type { Question, Recalled } from '../recall.ts';
import { toItem } from './item.ts';

/** An item may have 400 kB, and a write is paid by the kilobyte. */
const MOST_BYTES = 350_000;
/** So much is decompressed sooner than another thread could be asked to. */
const AT_ONCE_BYTES = 16_000;

type Key = Record<string, AttributeValue>;
type Raw = Readonly<Record<string, AttributeValue>>;

/** The partition of a question; of no question, where all of them begin. */
export const answerPk = (key: string) => `answer#${key}`;
/** Where the answer to a question is. */
export const answerKey = ({ key }: Pick<Question, 'key'>): Key => marshall({ pk: answerPk(key), sk: 'answer' });
/** Where it says who is asking it. */
export const leadKey = ({ key }: Question): Key => marshall({ pk: answerPk(key), sk: 'lead' });

/** Of what answers can be cleared. */
export type Cleared = { readonly of: 'tenant' | 'key' | 'model'; readonly name: string };

/** Where it says when the answers of a tenant, key or model were cleared: none that was asked for before is given again. */
export const clearedKey = ({ of, name }: Cleared): Key => marshall({ pk: `cleared#${of}#${name}`, sk: 'mark' });

/** All by which the answer to a question may have been cleared. */
export const clearedKeys = ({ tenant, keyId, model }: Question): readonly Key[] => [
  clearedKey({ of: 'tenant', name: tenant }),
  clearedKey({ of: 'model', name: model }),
  ...(keyId === undefined ? [] : [clearedKey({ of: 'key', name: keyId })]),
];

/** An answer as an item, compressed; undefined where it is too long. */
export async function toAnswerItem(question: Question, answer: Recalled): Promise<Key | undefined> {
  const { text, ...facts } = answer;
  const body = await promisify(gzip)(text);
  if (body.length > MOST_BYTES) return undefined;
  const { key, ...whose } = question;
  const ttl = Math.ceil(answer.expiresAt / 1000);
  const item = { pk: answerPk(key), sk: 'answer', v: 1, ...whose, ...facts, body, ttl };
  return marshall(item, { removeUndefinedValues: true });
}

/** The answer in an item, if it is the question's own and not over. Throws for an item that nobody of this house can have written. */
export async function fromAnswerItem(raw: Raw, question: Question, now: number): Promise<Recalled | undefined> {
  const { tenant, keyId, model, body, ...answer } = answerItem.parse(toItem(raw));
  // The key is made of these. That it would find another's answer is not to be thought of, and must not be possible.
  const own = tenant === question.tenant && keyId === question.keyId && model === question.model;
  if (!own || answer.expiresAt <= now) return undefined;
  const text = body.length <= AT_ONCE_BYTES ? gunzipSync(body) : await promisify(gunzip)(body);
  return { ...answer, text: text.toString() };
}

const answerItem = z.object({
  tenant: z.string(),
  keyId: z.optional(z.string()),
  model: z.string(),
  body: z.instanceof(Uint8Array),
  source: z.string(),
  madeBy: z.string(),
  askedAt: z.number(),
  expiresAt: z.number(),
  nanoDollars: z.int(),
  tookMs: z.number(),
});

/** When something was cleared, in epoch milliseconds; for none, never. */
export const clearedAt = (raw: Raw): number => z.number().parse(toItem(raw).at);

/** Until when somebody asks, and when that was over, in epoch milliseconds. */
export const leadOf = (raw: Raw) => leadItem.parse(toItem(raw));

const leadItem = z.object({ until: z.number(), landed: z.optional(z.number()) });
