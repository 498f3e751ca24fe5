import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { wary } from './wary.ts';

/** A local server takes requests from anybody; the SDK still asks who signs them. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

const local: DynamoDBClientConfig = {
  region: 'local',
  credentials: LOCAL_CREDENTIALS,
  signer: { sign: async (request) => request }, // five hashes a request, which nobody reads
};

/** What the SDK would come to by itself, after it has looked for each in the environment and in two files, client by client. */
const settled: DynamoDBClientConfig = {
  accountIdEndpointMode: 'preferred',
  authSchemePreference: ['sigv4'],
  defaultsMode: 'standard',
  retryMode: 'standard',
};

/** How long a client tries. */
export type Effort = {
  /** What one try may take, in milliseconds. */
  readonly tryMs: number;
  /** How often it tries, with growing pauses between. */
  readonly tries: number;
};

/** Where it asks. */
export type Whereabouts = {
  /** A server of a local run or of a test; AWS without it. */
  readonly endpoint?: string | undefined;
};

/** A DynamoDB client that gives up after a known time. */
export const dynamodb = ({ endpoint, ...effort }: Whereabouts & Effort, now = Date.now): DynamoDBClient =>
  databaseAt({ endpoint }, now)(effort);

/** Clients of one database that give up after different times. They share connections: each costs a first call its handshake. */
export function databaseAt({ endpoint }: Whereabouts, now = Date.now): (effort: Effort) => DynamoDBClient {
  const kept = { keepAlive: true, maxSockets: 100 };
  const agents = { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent(kept) };
  const warily = wary(Object.values(agents), now);
  const place = endpoint === undefined ? {} : { endpoint, ...local };
  return ({ tryMs, tries }) => {
    const handler = new NodeHttpHandler({
      ...agents,
      connectionTimeout: tryMs,
      requestTimeout: tryMs,
      throwOnRequestTimeout: true, // without it the handler only warns
    });
    const requestHandler = warily(handler);
    return new DynamoDBClient({ requestHandler, maxAttempts: tries, ...settled, ...place });
  };
}
