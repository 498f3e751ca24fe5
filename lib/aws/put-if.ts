import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { conditionFailed, type Database } from './database.ts';

/** Puts an item on a condition; false when that does not hold, and nothing was written. */
export async function putIf(database: Database, write: PutItemCommandInput): Promise<boolean> {
  try {
    await database.putItem(write);
    return true;
  } catch (error) {
    if (conditionFailed(error)) return false;
    throw error;
  }
}
