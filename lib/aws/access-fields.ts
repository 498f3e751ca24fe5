/** A map of attributes whose values nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a map, of all that an attribute can be. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Set) &&
  !ArrayBuffer.isView(value);
