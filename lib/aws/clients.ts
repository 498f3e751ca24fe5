import type { Database } from './database.ts';
import { direct, type Means, type Place } from './direct.ts';
import { dynamodbUrl } from './dynamodb-url.ts';
import type { Credentials } from './signature.ts';

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
  const region = said(env, 'AWS_REGION');
  return { url: dynamodbUrl(region, env), region, credentials: () => credentialsIn(env) };
}

/** The role's, which the platform puts into the environment. */
const credentialsIn = (env: Environment): Credentials => ({
  accessKeyId: said(env, 'AWS_ACCESS_KEY_ID'),
  secretAccessKey: said(env, 'AWS_SECRET_ACCESS_KEY'),
  sessionToken: env.AWS_SESSION_TOKEN,
});

function said(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set. Lambda sets it; elsewhere, set it to reach DynamoDB.`);
  return value;
}
