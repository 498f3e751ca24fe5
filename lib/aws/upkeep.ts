import { TRY_MS } from './clients.ts';
import { dynamodb } from './dynamodb.ts';
import { reader } from './ledger/counters.ts';
import { sweeping } from './ledger/sweep.ts';
import { writer } from './ledger/writer.ts';
import { powertoolsLog } from './log.ts';
import { type TableNames, tableNames } from './tables.ts';
import { unconfiguredJournal } from './unconfigured-journal.ts';
import { type Roll, rolling } from './usage/rolling.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const now = Date.now;
const random = Math.random;

/** Ends the calls that nobody ended, over the tables a function's environment names. */
export function awsSweep(env: Environment): () => Promise<number> {
  return sweepAt(tableNames(env), env.SLUICE_DYNAMODB_ENDPOINT);
}

/** Ends the calls that nobody ended, wherever the tables are; gives how many places that were. */
export function sweepAt(tables: TableNames, endpoint?: string): () => Promise<number> {
  const client = dynamodb({ endpoint, tryMs: 10_000, tries: 5 });
  const once = dynamodb({ endpoint, tryMs: TRY_MS, tries: 1 });
  const means = {
    ...writer(once, tables.counters, { timeoutMs: 5 * TRY_MS, random }),
    read: reader(client, tables.counters),
    book: unconfiguredJournal(client, tables),
    now,
  };
  return sweeping(client, tables.counters, means, powertoolsLog());
}

/** Sums up the calls of all tenants, over the tables a function's environment names. */
export function awsRoll(env: Environment): Roll {
  return rollAt(tableNames(env), env.SLUICE_DYNAMODB_ENDPOINT);
}

/** Sums up the calls of all tenants, wherever the tables are. */
export function rollAt(tables: TableNames, endpoint?: string): Roll {
  return rolling(dynamodb({ endpoint, tryMs: 10_000, tries: 5 }), tables, { now, random, log: powertoolsLog() });
}
