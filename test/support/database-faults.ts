import type { Instead } from './counting.ts';

const dynamo = { 'content-type': 'application/x-amz-json-1.0' };
const refusing =
  (status: number, name: string): Instead =>
  (_, response) => {
    const error = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'Not now.' };
    response.writeHead(status, dynamo).end(JSON.stringify(error));
    return true;
  };
const saying =
  (body: string): Instead =>
  (_, response) => {
    response.writeHead(200, dynamo).end(body);
    return true;
  };

/** What may befall a request to a table. */
export const databaseFaults = {
  'keeps silent': () => true,
  'breaks connections': (_, { socket }) => {
    socket?.resetAndDestroy();
    return true;
  },
  throttles: refusing(400, 'ProvisionedThroughputExceededException'),
  'answers 500': refusing(500, 'InternalServerError'),
  'answers what is no JSON': saying('<html>Bad gateway</html>'),
  'answers JSON that makes no sense': saying('{"Responses":{"Cache":[{"pk":7,"sk":{"S":"answer"}}]},"Attributes":3}'),
} as const satisfies Record<string, Instead>;

/** The fault, of what calls ask of the cache; what rests there is still told, and everything else is let through. */
export const ofCache =
  (fault: Instead): Instead =>
  (passed, response) =>
    passed.table === 'Cache' && passed.operation !== 'Query' ? fault(passed, response) : false;
