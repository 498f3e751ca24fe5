import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToNative } from '@aws-sdk/util-dynamodb';

type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * An item as plain values. A number that JavaScript cannot hold becomes the nearest it can, for its reader to refuse by
 * name. Maps are built here, for the SDK's `unmarshall` assigns their fields: one that somebody has called `__proto__`
 * would be the map's prototype, read by those who look for a field and unseen by those who look at all.
 */
export const toItem = (item: Attributes): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toValue(value)]));

function toValue(value: AttributeValue | undefined): unknown {
  if (value === undefined) return undefined; // such a field of the item itself is lost on its way, its name is not
  if (value.M !== undefined) return toItem(value.M);
  if (value.L !== undefined) return value.L.map(toValue);
  return convertToNative(value, { wrapNumbers: Number });
}
