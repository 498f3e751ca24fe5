import { credentialsIn } from './credentials.ts';
import type { Database } from './database.ts';
import { direct, type Means, type Place } from './direct.ts';
import { dynamodbUrl } from './dynamodb-url.ts';

/** A try of a write that nobody waits for. */
export const TRY_MS = 2_000;

/** The clients of a gateway's database, by how long they try. */
export type Clients = Readonly<Record<'brisk' | 'once' | 'patient', Database>>;

/** A caller waits for what is read; nobody waits for what is written afterwards, and it must not be lost. */
export function clientsAt(place: Place, timeoutMs: number, means: Means): Clients {
  const awaited = direct(place, means);
  const tryMs = Math.ceil(timeoutMs / 2);
  return {
    brisk: awaited({ tryMs, tries: 3 }),
    once: awaited({ tryMs, tries: 1 }), // for whoever repeats by itself
    // Over connections of its own: what nobody waits for stands in nobody's way.
    patient: direct(place, means)({ tryMs: TRY_MS, tries: 3 }),
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the tables are: at an endpoint of this machine, or in the region that the platform says a function runs in. */
export function placeIn(env: Environment, endpoint: string | undefined): Place {
  if (endpoint !== undefined) return { url: endpoint, region: 'local' };
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (!region) throw new Error('AWS_REGION is not set. Lambda sets it; elsewhere, set it to reach DynamoDB.');
  return { url: dynamodbUrl(region, env), region, credentials: credentialsIn(env) };
}
