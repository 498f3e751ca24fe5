import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** A local server takes requests from anybody; the SDK still asks who signs them. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** How long a client tries. */
export type Effort = {
  /** A server of a local run or of a test; AWS without it. */
  readonly endpoint?: string | undefined;
  /** What one try may take, in milliseconds. */
  readonly tryMs: number;
  /** How often it tries, with growing pauses between. */
  readonly tries: number;
};

/** A DynamoDB client that gives up after a known time. */
export function dynamodb({ endpoint, tryMs, tries }: Effort): DynamoDBClient {
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: tryMs,
    requestTimeout: tryMs,
    throwOnRequestTimeout: true, // without it the handler only warns
  });
  if (endpoint === undefined) return new DynamoDBClient({ requestHandler, maxAttempts: tries });
  return new DynamoDBClient({
    requestHandler,
    maxAttempts: tries,
    endpoint,
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
    signer: { sign: async (request) => request }, // five hashes a request, which nobody reads
  });
}
