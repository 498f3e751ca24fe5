import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';

/** What a request may take, besides what its client allows all of them. */
export type Limits = { readonly abortSignal?: AbortSignal; readonly requestTimeout?: number };

type Operation<Input, Output> = (input: Input, limits?: Limits) => Promise<Omit<Output, '$metadata'>>;

/**
 * What a call asks of DynamoDB. The client of the AWS SDK is one, and what it takes and gives is what each takes and
 * gives; a gateway's own is a tenth of the work (`direct.ts`).
 */
export type Database = {
  batchGetItem: Operation<BatchGetItemCommandInput, BatchGetItemCommandOutput>;
  batchWriteItem: Operation<BatchWriteItemCommandInput, BatchWriteItemCommandOutput>;
  deleteItem: Operation<DeleteItemCommandInput, DeleteItemCommandOutput>;
  getItem: Operation<GetItemCommandInput, GetItemCommandOutput>;
  putItem: Operation<PutItemCommandInput, PutItemCommandOutput>;
  query: Operation<QueryCommandInput, QueryCommandOutput>;
  updateItem: Operation<UpdateItemCommandInput, UpdateItemCommandOutput>;
};

/** An item as DynamoDB writes it. */
export type Raw = Record<string, AttributeValue>;

/** All that a query finds, in pages as they are read. */
export async function* queried(database: Database, query: QueryCommandInput, limits?: Limits): AsyncIterable<Raw[]> {
  for (let ExclusiveStartKey: Raw | undefined; ; ) {
    const { Items = [], LastEvaluatedKey } = await database.query({ ...query, ExclusiveStartKey }, limits);
    yield Items;
    if (LastEvaluatedKey === undefined) return;
    ExclusiveStartKey = LastEvaluatedKey;
  }
}

/** A refusal of a write whose condition does not hold. */
export type ConditionFailed = Error & {
  /** As it stands in the table, where that was asked for. */
  readonly Item?: Raw;
};

export const conditionFailed = (error: unknown): error is ConditionFailed =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** The status DynamoDB gave; undefined where it gave no answer at all. */
export function statusOf(failure: unknown): number | undefined {
  if (!(failure instanceof Error) || !('$metadata' in failure)) return undefined;
  const { httpStatusCode } = Object(failure.$metadata);
  return typeof httpStatusCode === 'number' ? httpStatusCode : undefined;
}

/** Refusals that a little later may be none. */
export const passing = (failure: unknown): boolean =>
  Number(statusOf(failure)) >= 500 ||
  (failure instanceof Error && /Throttl|Throughput|LimitExceeded/.test(failure.name));
