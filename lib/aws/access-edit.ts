import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { spelled } from '../config/written-limits.ts';
import { rateKinds, windows } from '../ledger/limits.ts';
import { type Fields, isFields } from './access-fields.ts';
import { toItem } from './item.ts';

/** One attribute by its path, and what is to stand there; undefined removes it. */
export type Edit = { readonly path: readonly string[]; readonly value: unknown };

type Raw = Readonly<Record<string, AttributeValue>>;
type Write = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** An item with edits made, in their order. What they do not name stays: a window taken out of `none` leaves the others at none. */
export function edited(item: Fields, edits: readonly Edit[]): Fields {
  return edits.reduce((before, { path, value }) => placed(before, path, value), item);
}

function placed(item: Fields, [name, ...rest]: readonly string[], value: unknown): Fields {
  if (name === undefined) return item;
  const { [name]: old, ...others } = item;
  if (rest.length === 0) return value === undefined ? others : { ...item, [name]: value };
  const inner = spelledOut(name, old);
  if (inner === undefined && value === undefined) return item;
  return { ...item, [name]: placed(inner ?? {}, rest, value) };
}

/** The map in an attribute; undefined where there is none. */
function spelledOut(name: string, value: unknown): Fields | undefined {
  if (value === 'none')
    return name === 'budgets' ? spelled(windows, value) : name === 'rates' ? spelled(rateKinds, value) : undefined;
  return isFields(value) ? value : undefined;
}

/**
 * The update that makes edits on an item as it was read. It touches what it names and nothing else: inside maps that
 * are there by path, and a map that is not there, or `none`, as a whole, on condition that it still is so.
 */
export function toWrite(raw: Raw, edits: readonly Edit[]): Write {
  const after = edited(toItem(raw), edits);
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};
  const conditions = new Set(['attribute_exists(pk)']);
  const [sets, removes]: [string[], string[]] = [[], []];
  const short = (name: string): string => {
    const known = names.get(name) ?? `#n${names.size}`;
    names.set(name, known);
    return known;
  };
  const spell = (path: readonly string[]) => path.map(short).join('.');
  const typeIs = (path: readonly string[], type: string) => {
    values[`:${type}`] = { S: type };
    conditions.add(`attribute_type(${spell(path)}, :${type})`);
  };

  for (const root of rootsOf(raw, edits)) {
    for (let depth = 1; depth < root.path.length; depth++) typeIs(root.path.slice(0, depth), 'M');
    const place = spell(root.path);
    if (root.replaces === 'absent') conditions.add(`attribute_not_exists(${place})`);
    else if (root.replaces !== 'leaf') typeIs(root.path, root.replaces);
    const value = at(after, root.path);
    if (value === undefined) removes.push(place);
    else {
      const name = `:v${sets.length}`;
      values[name] = marshall({ value }, { removeUndefinedValues: true }).value ?? { NULL: true };
      sets.push(`${place} = ${name}`);
    }
  }
  return {
    UpdateExpression: [
      sets.length > 0 && `SET ${sets.join(', ')}`,
      removes.length > 0 && `REMOVE ${removes.join(', ')}`,
    ]
      .filter(Boolean)
      .join(' '),
    ConditionExpression: [...conditions].join(' AND '),
    ...(names.size > 0 && {
      ExpressionAttributeNames: Object.fromEntries([...names].map(([name, known]) => [known, name])),
    }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

/** Where a write goes in: at the leaf an edit names, or at the first thing on the way that is no map. */
type Root = { readonly path: readonly string[]; readonly replaces: string };

function rootsOf(raw: Raw, edits: readonly Edit[]): readonly Root[] {
  const roots = new Map<string, Root>();
  for (const { path, value } of edits) {
    const root = rootOf(raw, path);
    // Nothing to take away where there is nothing.
    if (value === undefined && root.replaces === 'absent') continue;
    roots.set(JSON.stringify(root.path), root);
  }
  // DynamoDB refuses two paths of which one leads through the other; the upper one writes both.
  const all = [...roots.values()];
  return all.filter((root) => !all.some((other) => other !== root && startsWith(root.path, other.path)));
}

function rootOf(raw: Raw, path: readonly string[]): Root {
  let inside: Raw | undefined = raw;
  for (let depth = 1; depth < path.length; depth++) {
    const found: AttributeValue | undefined = inside?.[path[depth - 1] ?? ''];
    if (found?.M === undefined)
      return { path: path.slice(0, depth), replaces: found === undefined ? 'absent' : typeOf(found) };
    inside = found.M;
  }
  return { path, replaces: 'leaf' };
}

const typeOf = (value: AttributeValue): string => Object.keys(value)[0] ?? 'NULL';

const startsWith = (path: readonly string[], start: readonly string[]) =>
  start.length < path.length && start.every((name, depth) => name === path[depth]);

const at = (item: unknown, path: readonly string[]): unknown =>
  path.reduce((inside, name) => (isFields(inside) ? inside[name] : undefined), item);
