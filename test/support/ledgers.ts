import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Database } from '../../lib/aws/database.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { reader } from '../../lib/aws/ledger/counters.ts';
import { dynamoLedger } from '../../lib/aws/ledger/ledger.ts';
import { sweeping } from '../../lib/aws/ledger/sweep.ts';
import { writer } from '../../lib/aws/ledger/writer.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { noUsage } from '../../lib/catalog/usage.ts';
import type { Alert, Reservation, Scope } from '../../lib/ledger/admission.ts';
import type { Limits } from '../../lib/ledger/limits.ts';
import type { Timer } from '../../lib/wire/timer.ts';
import type { Bill, Ledger } from '../../lib/world.ts';
import { timer } from './timer.ts';

/** How a ledger of a test differs from an ordinary one. */
export type Odd = {
  readonly client?: DynamoDB;
  /** What calls ask. @default - the client */
  readonly database?: Database;
  readonly now?: () => number;
  readonly holdMs?: number;
  readonly restMs?: number;
  readonly timeoutMs?: number;
  readonly patienceMs?: number;
  readonly clock?: Timer;
  readonly tell?: (alert: Alert) => Promise<void>;
};

/** One environment's ledger over the tables at an endpoint, as it is put together for real, and its sweep. */
export function ledgerAt(endpoint: string, odd: Odd = {}) {
  const {
    now = Date.now,
    holdMs = 960_000,
    restMs = 0,
    timeoutMs = 10_000,
    patienceMs = 20_000,
    clock = timer,
    tell = async () => {},
  } = odd;
  const client = odd.client ?? dynamodb({ endpoint, tryMs: 2_500, tries: 1 });
  const database = odd.database ?? client;
  const book = dynamoJournal(database, localTableNames);
  const writing = writer(database, localTableNames.counters, { timeoutMs, random: Math.random });
  const read = reader(database, localTableNames.counters);
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) };
  const ledger: Ledger = dynamoLedger({
    ...writing,
    read,
    book,
    alerts: { send: tell },
    log,
    persistence: { timer: clock, now, forMs: patienceMs },
    random: Math.random,
    holdMs,
    restMs,
    timeoutMs,
  });
  return {
    ledger,
    book,
    lines,
    sweep: sweeping(client, localTableNames.counters, { ...writing, read, book, now }, log),
    close: () => client.destroy(),
  };
}

/** A scope of a kind with these limits. */
export const scope = (kind: Scope['kind'], name: string, limits: Limits = { rates: {} }): Scope => ({
  kind,
  name,
  id: kind === 'user' || kind === 'feature' ? `${kind}#acme#${name}` : `${kind}#${name}`,
  limits,
});

/** A call that asks for so many nano-dollars in these scopes. */
export function asking(
  id: string,
  scopes: readonly Scope[],
  nanoDollars: number,
  more: Partial<Reservation> = {},
): Reservation {
  return {
    id,
    turn: 0,
    at: Date.UTC(2026, 10, 23, 12),
    timezone: 'UTC',
    scopes,
    tenant: 'acme',
    keyId: 'key_1',
    model: 'lab/m',
    demand: { nanoDollars, leastNanoDollars: nanoDollars, tokens: 100 },
    ...more,
  };
}

/** A bill of so many nano-dollars. */
export const billOf = (nanoDollars: number, input = 10, output = 5): Bill => ({
  usage: { ...noUsage, input, output },
  nanoDollars,
  estimated: false,
});
