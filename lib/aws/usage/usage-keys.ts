import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { dayName, quarterName } from './quarter.ts';

/** Of what there are summaries. */
export type Kind = 'quarter' | 'day';

/** A stretch of time from its start to its end, which is not part of it, in epoch milliseconds; or with no end: Infinity. */
export type Span = { readonly start: number; readonly end: number };

/** The partition in which all stands that was summed up of a tenant's calls. */
export const usagePk = (tenant: string): string => `usage#${tenant}`;

/** How far everything was summed up. */
export const ROLLED = 'rolled';
/** `quarter#2026-11-26T15:15Z`, `day#2026-11-26`. */
export const summarySk = (kind: Kind, start: number): string => `${kind}#${named[kind](start)}`;
/** The same with `late#` before them: what came late, and how much of it was counted. */
export const lateSk = (kind: Kind, start: number): string => `late#${named[kind](start)}`;

const named = { quarter: quarterName, day: dayName };

/** The query for all between two sort keys, as the table has it by now. */
export const between = (TableName: string, tenant: string, from: string, to: string): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
  ExpressionAttributeValues: marshall({ ':pk': usagePk(tenant), ':from': from, ':to': to }),
  ConsistentRead: true,
});
