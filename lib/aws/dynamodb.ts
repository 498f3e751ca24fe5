import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { DynamoDB, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Effort, LOCAL_CREDENTIALS, type Whereabouts } from './effort.ts';
import { wary } from './wary.ts';

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

/** The SDK's client of DynamoDB, for all that no call waits for: operators, deployments, sweeps. It gives up after a known time. */
export function dynamodb({ endpoint, tryMs, tries }: Whereabouts & Effort, now = Date.now): DynamoDB {
  const kept = { keepAlive: true, maxSockets: 100 };
  const agents = { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent(kept) };
  const warily = wary(Object.values(agents), now);
  const place = endpoint === undefined ? {} : { endpoint, ...local };
  const handler = new NodeHttpHandler({
    ...agents,
    connectionTimeout: tryMs,
    requestTimeout: tryMs,
    throwOnRequestTimeout: true, // without it the handler only warns
  });
  return new DynamoDB({ requestHandler: warily(handler), maxAttempts: tries, ...settled, ...place });
}
