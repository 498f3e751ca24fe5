import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** An item as plain values. A number that JavaScript cannot hold becomes the nearest it can, for its reader to refuse by name. */
export const toItem = (item: Readonly<Record<string, AttributeValue>>): Readonly<Record<string, unknown>> =>
  unmarshall(item, { wrapNumbers: Number });
