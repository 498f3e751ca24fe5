/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** JSON that is the same text whenever it says the same: names sorted, no space. What is undefined is not there. */
export function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const said = Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [{ name, each }]));
  const sorted = said.sort((one, other) => (one.name < other.name ? -1 : 1));
  return `{${sorted.map(({ name, each }) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
