import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { idsSince } from '../ids.ts';
import type { TableNames } from './tables.ts';

/** Which calls are read, and what of them. */
export type CallsAsked = {
  readonly tenant: string;
  /** Those that have begun since a moment, and before another, in epoch milliseconds. */
  readonly since: number;
  readonly before?: number;
  readonly attributes: readonly string[];
};

/** The partition of a tenant's calls. */
export const callsPk = (tenant: string): string => `tenant#${tenant}`;

/** As late as an id can tell. */
const LATEST = 32 ** 10 - 1;

/** The query for a tenant's calls, the oldest first: ids sort by the time they were made. */
export function callsQuery(
  { calls: TableName }: TableNames,
  { tenant, since, before = LATEST, attributes }: CallsAsked,
): QueryCommandInput {
  return {
    TableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :start AND :end',
    ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall({
      ':pk': callsPk(tenant),
      ':start': idsSince('req_', Math.max(0, since)),
      ':end': idsSince('req_', Math.min(before, LATEST)),
    }),
  };
}
