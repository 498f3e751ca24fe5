import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import type { Claim, KeptAnswer } from '../repeats.ts';
import { toItem } from './item.ts';

/** Where a claim stands. */
export type Place = {
  readonly TableName: string;
  readonly pk: string;
  readonly Key: Record<string, AttributeValue>;
};

/** How long a name means the call it was first used for. */
const NAMED_SECONDS = 24 * 3600;

/**
 * Claims a name that nobody has used within a day, or whose owner has not renewed its claim in time. Items are deleted
 * late, so what they say of their end counts. A name stays that of its first body, even when whoever asked died.
 */
export function toClaiming(
  { TableName, Key }: Place,
  { owner, request }: Claim,
  forMs: number,
  now: number,
): UpdateItemCommandInput {
  return {
    TableName,
    Key,
    UpdateExpression: `SET #state = :running, #owner = :owner, #lease = :lease, #request = :request, #ttl = :ttl REMOVE ${answer.map((name) => `#${name}`).join(', ')}`,
    ConditionExpression:
      'attribute_not_exists(pk) OR #ttl <= :seconds OR (#state = :running AND #lease <= :now AND #request = :request)',
    ExpressionAttributeNames: named('state', 'owner', 'lease', 'request', 'ttl', ...answer),
    ExpressionAttributeValues: marshall({
      ':running': 'running',
      ':owner': owner,
      ':lease': now + forMs,
      ':request': request,
      ':ttl': endOf(now),
      ':seconds': Math.floor(now / 1000),
      ':now': now,
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Has a claim last longer; a renewal that comes late cannot make it shorter. */
export function toRenewal(
  { TableName, Key }: Place,
  { owner }: Claim,
  forMs: number,
  now: number,
): UpdateItemCommandInput {
  return {
    TableName,
    Key,
    UpdateExpression: 'SET #lease = :lease',
    ConditionExpression: '#state = :running AND #owner = :owner AND #lease < :lease',
    ExpressionAttributeNames: named('state', 'owner', 'lease'),
    ExpressionAttributeValues: marshall({ ':running': 'running', ':owner': owner, ':lease': now + forMs }),
  };
}

/** Makes a claim an answer, whose parts must be written before. */
export function toDone(
  { TableName, Key }: Place,
  { owner }: Claim,
  { status, headers, parts }: Head,
  now: number,
): UpdateItemCommandInput {
  return {
    TableName,
    Key,
    UpdateExpression:
      'SET #state = :done, #ttl = :ttl, #status = :status, #headers = :headers, #parts = :parts REMOVE #lease',
    ConditionExpression: '#state = :running AND #owner = :owner',
    ExpressionAttributeNames: named('state', 'owner', 'lease', 'ttl', ...answer),
    ExpressionAttributeValues: marshall({
      ':done': 'done',
      ':running': 'running',
      ':owner': owner,
      ':ttl': endOf(now),
      ':status': status,
      ':headers': headers,
      ':parts': parts,
    }),
  };
}

/** When what is written now may be deleted, in seconds since 1970. */
export const endOf = (now: number): number => Math.floor(now / 1000) + NAMED_SECONDS;

/** A claim as it stands in the table. Throws for an item that nobody of this house can have written. */
export const headOf = (item: Readonly<Record<string, AttributeValue>> = {}) => head.parse(toItem(item));

/** What the head says of an answer; the body is in its parts. */
export type Head = Omit<KeptAnswer, 'body'> & { readonly parts: number };

const answer = ['status', 'headers', 'parts'] as const;

const head = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), owner: z.string(), request: z.string() }),
  z.object({
    state: z.literal('done'),
    owner: z.string(),
    request: z.string(),
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    parts: z.int(),
  }),
]);

const named = (...attributes: readonly string[]) => Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
