/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Record<string, unknown>;

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as a JSON object: an empty one when it is something else. */
export const toFields = (value: unknown): Fields => (isFields(value) ? value : {});

/** A value as a list: an empty one when it is something else. */
export const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
