import type { Json } from './json.ts';

/** One text for all ways to write the same JSON: the names of objects in order, no spaces. Two values that differ have two texts. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : `${JSON.stringify(name)}:${canonical(field)}`,
  );
  return `{${fields.sort().join(',')}}`;
}
