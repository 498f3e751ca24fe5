import { isObject, type Json, type JsonObject } from '../../openai/json.ts';

const EMPTY: JsonObject = {};

/** An object, or an empty one in its place. */
export const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : EMPTY);

/** The objects of a list; none where there is no list. */
export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** A text with something in it. */
export const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A count of tokens; 0 where there is none. */
export const countIn = (value: Json | undefined): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
