import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { sharedCooldowns } from '../../lib/aws/cooldowns.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { restTable } from '../../lib/aws/rest-table.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Cooldowns } from '../../lib/cooldowns.ts';

/** A process that shares cooldowns with others over the tables at an endpoint. */
export type Process = {
  readonly cooldowns: Cooldowns;
  readonly client: DynamoDB;
  /** What it told its operator. */
  readonly lines: string[];
};

/** Starts a process that goes by this clock. */
export function processAt(
  endpoint: string,
  now: () => number,
  client = dynamodb({ endpoint, tryMs: 2_500, tries: 3 }),
) {
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) };
  const cooldowns = sharedCooldowns(restTable(client, localTableNames, now), now, log);
  return { cooldowns, client, lines };
}
