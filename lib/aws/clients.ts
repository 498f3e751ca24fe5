import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { databaseAt, dynamodb } from './dynamodb.ts';

/** A try of a write that nobody waits for. */
export const TRY_MS = 2_000;

/** The clients of a gateway's database, by how long they try. */
export type Clients = Readonly<Record<'brisk' | 'once' | 'patient', DynamoDBClient>>;

/** A caller waits for what is read; nobody waits for what is written afterwards, and it must not be lost. */
export function clientsAt(endpoint: string | undefined, timeoutMs: number): Clients {
  const awaited = databaseAt({ endpoint });
  const tryMs = Math.ceil(timeoutMs / 2);
  return {
    brisk: awaited({ tryMs, tries: 3 }),
    once: awaited({ tryMs, tries: 1 }), // for whoever repeats by itself
    // Over connections of its own: what nobody waits for stands in nobody's way.
    patient: dynamodb({ endpoint, tryMs: TRY_MS, tries: 3 }),
  };
}
