import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { idsSince } from '../ids.ts';
import { featureId } from '../ledger/scopes.ts';
import { callsByFeature, callsByKey, type TableNames, tables } from './tables.ts';

/** Whose calls are looked for, or for what they were. */
export type CallsBy =
  | { readonly by: 'tenant'; readonly tenant: string }
  | { readonly by: 'key'; readonly keyId: string }
  | { readonly by: 'feature'; readonly tenant: string; readonly feature: string };

export type CallsSought = CallsBy & {
  /** Those that have begun since a moment, in epoch milliseconds. */
  readonly since: number;
  /** Those whose ids come before this one. */
  readonly before?: string | undefined;
};

/** Sorts after all the characters of an id. */
const LAST = '~';

/** The query for calls that are sought, the newest first; undefined where there can be none. */
export function soughtQuery({ calls: TableName }: TableNames, sought: CallsSought): QueryCommandInput | undefined {
  const { since, before } = sought;
  const start = idsSince('req_', Math.max(0, since));
  const end = before === undefined ? `req_${LAST}` : justBefore(before);
  if (end < start) return undefined; // which DynamoDB would refuse
  const { name, value, index } = partitionOf(sought);
  return {
    TableName,
    ...(index !== undefined && { IndexName: index }),
    KeyConditionExpression: '#name = :value AND sk BETWEEN :start AND :end',
    ExpressionAttributeNames: { '#name': name },
    ExpressionAttributeValues: marshall({ ':value': value, ':start': start, ':end': end }),
    ScanIndexForward: false,
  };
}

function partitionOf(sought: CallsBy): { readonly name: string; readonly value: string; readonly index?: string } {
  switch (sought.by) {
    case 'tenant':
      return { name: tables.calls.partitionKey, value: `tenant#${sought.tenant}` };
    case 'key':
      return { name: callsByKey.partitionKey, value: sought.keyId, index: callsByKey.name };
    case 'feature': {
      const value = featureId(sought.tenant, sought.feature);
      return { name: callsByFeature.partitionKey, value, index: callsByFeature.name };
    }
  }
}

/** The last place before an id: BETWEEN has its ends within. */
const justBefore = (id: string): string =>
  `${id.slice(0, -1)}${String.fromCharCode(id.charCodeAt(id.length - 1) - 1)}${LAST}`;
