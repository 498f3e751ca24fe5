import { toUsd } from '../catalog/price.ts';

/** How a value of a record is said; one that is not as it should be is shown as it is. */
export type Saying = (value: unknown) => string;

/** A value as it is; nothing for none. */
export const word: Saying = (value) =>
  typeof value === 'string' ? value : value === undefined ? '' : (JSON.stringify(value) ?? String(value));

/** A length of time. */
export const milliseconds: Saying = (value) =>
  typeof value === 'number' ? `${Math.round(value * 10) / 10} ms` : word(value);

/** Nano-dollars, as dollars. */
export const dollars: Saying = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) ? `$${toUsd(value)}` : word(value);

/** A time in milliseconds, as ISO says it. */
export const moment: Saying = (value) =>
  typeof value === 'number' && Math.abs(value) <= 8_640_000_000_000_000 ? new Date(value).toISOString() : word(value);
