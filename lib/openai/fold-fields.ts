/** Fields as far as they were said. */
export type FoldedFields = Record<string, unknown>;

/** What dialects say whole, and may say again with each piece. Any other text goes on: said twice it can be seen, lost it cannot. */
const LABELS = new Set(['id', 'type', 'name', 'role', 'format', 'channel']);

/** No name that a stranger chose is there from birth, not even `__proto__`. */
export const noFields = (): FoldedFields => Object.create(null);

/**
 * Adds a piece of what is said, in place: a text goes on, so does a list, and an object field by field; a label, a
 * number and a truth are as they were said last. Null and an empty label take nothing back.
 */
export function addSaid(whole: FoldedFields, piece: object): void {
  for (const [name, value] of Object.entries(piece)) {
    const said = whole[name];
    if (isFields(value)) {
      const fields = ownFields(said);
      addSaid(fields, value);
      whole[name] = fields;
    } else if (typeof value === 'string' && typeof said === 'string') {
      whole[name] = LABELS.has(name) ? value || said : said + value;
    } else whole[name] = longer(said, value);
  }
}

/**
 * Adds what stands beside a piece, in place: each field is as it was said last, and an object's, for some say all
 * anew each time; only a list goes on. Null and an empty object take nothing back.
 */
export function addBeside(whole: FoldedFields, piece: object): void {
  for (const [name, value] of Object.entries(piece)) {
    const said = whole[name];
    whole[name] = isFields(value) ? Object.assign(ownFields(said), value) : longer(said, value);
  }
}

/** True for an object that is no list. */
export const isFields = (value: unknown): value is FoldedFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ownFields = (said: unknown): FoldedFields => (isFields(said) ? said : noFields());

/** A list with one more piece of it, and anything else as it is now. */
function longer(said: unknown, value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? said ?? value;
  const list: unknown[] = Array.isArray(said) ? said : [];
  for (const each of value) list.push(each); // a new list for each piece would be quadratic
  return list;
}
