import '../schema.ts';
import * as z from 'zod/mini';
import { configInForce } from './config-in-force.ts';
import type { Database } from './database.ts';
import { type CallBook, dynamoJournal } from './journal.ts';
import type { TableNames } from './tables.ts';

/**
 * The journal of a process that has no configuration. It seldom writes, and asks the one in force how long that is to be
 * kept; where it cannot be told, nothing is written.
 */
export function unconfiguredJournal(database: Database, names: TableNames): CallBook {
  const inForce = configInForce(database, names);
  return {
    ...dynamoJournal(database, names),

    async record(call) {
      const found = await inForce();
      const { calls } = found === undefined ? {} : content.parse(JSON.parse(found.json));
      return dynamoJournal(database, names, calls?.keptDays).record(call);
    },
  };
}

/** Of a configuration, what is asked here. */
const content = z.object({ calls: z.optional(z.object({ keptDays: z.optional(z.int()) })) });
