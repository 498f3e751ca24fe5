import { type AttributeValue, type DynamoDB, paginateScan } from '@aws-sdk/client-dynamodb';
import { callsPk } from '../calls-query.ts';
import { DAY_MS } from './quarter.ts';

/** By then a call's quarter and its day are summed up, and what came late to them, wherever on earth it was that day. */
const QUIET_MS = 4 * DAY_MS;

/**
 * The tenants that have a counter, as all have that ever called, less those whose last call was days before a run that
 * left nothing to be summed up. The counters are scanned as the sweep does for itself, which costs a hundredth of a cent
 * for ten thousand scopes; a tenant that nobody calls for costs nothing beside.
 */
export async function callersIn(client: DynamoDB, TableName: string, wholeAt: number): Promise<readonly string[]> {
  const prefix = callsPk('');
  const counters = {
    TableName,
    FilterExpression: 'begins_with(pk, :tenant)',
    ExpressionAttributeValues: { ':tenant': { S: prefix } },
  };
  const found: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, counters))
    for (const item of Items)
      if (!(lastDay(item) < wholeAt - QUIET_MS)) found.push(item.pk?.S?.slice(prefix.length) ?? '');
  return found;
}

/** When the last day began, by UTC, for which a counter has dollars; NaN where it has none. */
function lastDay(counter: Readonly<Record<string, AttributeValue>>): number {
  const days = Object.keys(counter).filter((name) => /^d\d{8}$/.test(name));
  const last = days.sort().at(-1) ?? '';
  return Date.parse(last.replace(/^d(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
}
