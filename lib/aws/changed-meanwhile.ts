import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** Does work that has a condition; false when that does not hold, and nothing was done. */
export async function unlessChanged(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
