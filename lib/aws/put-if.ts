import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';

/** Puts an item on a condition; false when that does not hold, and nothing was written. */
export async function putIf(client: DynamoDBClient, write: PutItemCommandInput): Promise<boolean> {
  try {
    await client.send(new PutItemCommand(write));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
