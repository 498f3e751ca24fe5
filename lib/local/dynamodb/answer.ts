import { runner, type Store } from './dynalite.ts';
import { type Fields, isFields, toFields } from './fields.ts';
import { type Reply, refusal } from './reply.ts';
import { describeTimeToLive, forgetTimeToLive, updateTimeToLive } from './time-to-live.ts';

/** Answers one DynamoDB operation; rejects only when the store itself fails. */
export async function answer(store: Store, operation: string, input: Fields): Promise<Reply> {
  const refused = tooLong(input);
  if (refused !== undefined) return refused;
  switch (operation) {
    case 'UpdateTimeToLive':
      return (await missing(store, input)) ?? updateTimeToLive(store, input);
    case 'DescribeTimeToLive':
      return (await missing(store, input)) ?? describeTimeToLive(store, input);
    case 'DeleteTable': {
      const reply = await run(store, operation, input);
      if (reply.status === 200) await forgetTimeToLive(store, input);
      return reply;
    }
    default:
      return run(store, operation, input);
  }
}

const expressions = [
  'UpdateExpression',
  'ConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
  'KeyConditionExpression',
];
const LONGEST = 4096;

/**
 * The refusal of an expression that is longer than DynamoDB takes, of which dynalite knows nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
 */
function tooLong(input: Fields): Reply | undefined {
  for (const name of expressions) {
    const expression = input[name];
    const size = typeof expression === 'string' ? Buffer.byteLength(expression) : 0;
    if (size > LONGEST)
      return refusal(
        'ValidationException',
        `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${size}`,
      );
  }
  return undefined;
}

/** The refusal for a table that does not exist. */
async function missing(store: Store, { TableName }: Fields): Promise<Reply | undefined> {
  const reply = await run(store, 'DescribeTable', { TableName });
  return reply.status === 200 ? undefined : reply;
}

function run(store: Store, operation: string, input: Fields): Promise<Reply> {
  return input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
    ? runAndShowItem(store, operation, input)
    : runOn(store, operation, input);
}

// dynalite knows nothing of ReturnValuesOnConditionCheckFailure. It reads the item and checks the condition under the
// item's lock; the item seen by that read is the one the condition failed on, whatever else is under way.
async function runAndShowItem(store: Store, operation: string, input: Fields): Promise<Reply> {
  let seen: unknown;
  const watched: Store = {
    ...store,
    getItemDb: (table) => {
      const items = store.getItemDb(table);
      return {
        ...items,
        get: (key, done) =>
          items.get(key, (error, item) => {
            seen = item;
            done(error, item);
          }),
      };
    },
  };
  const { status, body } = await runOn(watched, operation, input);
  const failed = String(body.__type).endsWith('#ConditionalCheckFailedException');
  return { status, body: failed && seen !== undefined ? { ...body, Item: seen } : body };
}

function runOn(store: Store, operation: string, input: Fields): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const refuse = (error: unknown) => {
    const { statusCode, body } = toFields(error);
    if (typeof statusCode === 'number' && isFields(body)) resolve({ status: statusCode, body });
    else reject(error);
  };
  const start = runner(operation);
  if (start === undefined) {
    return Promise.resolve(refusal('UnknownOperationException', `The local database has no ${operation}.`));
  }
  try {
    start(store, input, (error, output) => (error ? refuse(error) : resolve({ status: 200, body: toFields(output) })));
  } catch (error) {
    refuse(error);
  }
  return promise;
}
