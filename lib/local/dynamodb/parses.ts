import { type Fields, isFields } from './fields.ts';

/** What dynalite's parsers are told of an expression's stand-ins: what each stands for, and, to be crossed out, which nobody used. */
type Context = Readonly<Record<string, unknown>> & {
  readonly attrNames?: Fields;
  readonly attrVals?: Fields;
  readonly unusedAttrNames: Fields;
  readonly unusedAttrVals: Fields;
};

/** One of dynalite's parsers. It says what is wrong with an expression by a text, or by throwing. */
export type Parser = { parse: (text: string, options: { context: Context }) => unknown };

/** An expression parsed with its names standing for themselves, and for each of its values an object of that type. */
type Shape = { readonly tree: unknown; readonly values: ReadonlyMap<unknown, string> } & {
  readonly used: readonly [names: readonly string[], values: readonly string[]];
};

/** Far more than the gateway has; more come from many changes of one counter that are written as one. */
const MOST_SHAPES = 2_000;

/**
 * Makes a parser parse expressions that differ only in what their stand-ins stand for once. A gateway sends a few of
 * them over and over, and half of what the database did was to parse them anew.
 */
export function parseOnce(parser: Parser): void {
  const parse = parser.parse.bind(parser);
  const known = new Map<string, Shape | 'none'>();
  parser.parse = (text, options) => {
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context;
    const types = typesIn(attrVals);
    if (types === undefined || !free(text, attrNames)) return parse(text, options);
    const key = JSON.stringify([text, Object.keys(attrNames), types]);
    const shape = known.get(key) ?? shapeOf(parse, text, types, options.context);
    if (known.size >= MOST_SHAPES) known.clear();
    known.set(key, shape);
    if (shape === 'none') return parse(text, options);
    for (const name of shape.used[0]) delete unusedAttrNames[name];
    for (const name of shape.used[1]) delete unusedAttrVals[name];
    return filled(shape, attrNames, attrVals);
  };
}

/** The type of each value; undefined when one has none, or several. */
function typesIn(values: Fields): readonly (readonly [name: string, type: string])[] | undefined {
  const types: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(values)) {
    const [type, ...others] = isFields(value) ? Object.keys(value) : [];
    if (type === undefined || others.length > 0) return undefined;
    types.push([name, type]);
  }
  return types;
}

/** Two functions look at a value itself. */
const OF_VALUES = /between|attribute_type/i;

/** Whether it is the same to a parser what the names stand for: not where two paths may be one. */
function free(text: string, names: Fields): boolean {
  const all = Object.values(names);
  const told = all.every((name) => typeof name === 'string' && name !== '' && !text.includes(name));
  return told && new Set(all).size === all.length && !OF_VALUES.test(text);
}

function shapeOf(
  parse: Parser['parse'],
  text: string,
  types: readonly (readonly [name: string, type: string])[],
  context: Context,
): Shape | 'none' {
  const attrVals = Object.fromEntries(types.map(([name, type]) => [name, { [type]: true }]));
  const attrNames = Object.fromEntries(Object.keys(context.attrNames ?? {}).map((name) => [name, name]));
  const [unusedAttrNames, unusedAttrVals] = [{ ...attrNames }, { ...attrVals }];
  const standing = { ...context, attrNames, attrVals, unusedAttrNames, unusedAttrVals };
  const values = new Map(Object.entries(attrVals).map(([name, value]) => [value, name]));
  const usedOf = (all: Fields, unused: Fields) => Object.keys(all).filter((name) => !Object.hasOwn(unused, name));
  try {
    const tree = parse(text, { context: standing });
    const used = [usedOf(attrNames, unusedAttrNames), usedOf(attrVals, unusedAttrVals)] as const;
    return isFields(tree) ? { tree, values, used } : 'none';
  } catch {
    return 'none'; // its words are for the one who sent it
  }
}

/** A tree with what its stand-ins stand for. No name that is written out begins with `#`. */
function filled({ tree, values }: Shape, names: Fields, given: Fields): unknown {
  const nameOf = (name: string) => (name.startsWith('#') ? names[name] : name);
  const fill = (node: unknown): unknown => {
    if (typeof node === 'string') return nameOf(node);
    if (Array.isArray(node)) return node.map(fill);
    if (typeof node !== 'object' || node === null) return node;
    const value = values.get(node);
    if (value !== undefined) return given[value];
    const copy: Fields = Object.create(Object.getPrototypeOf(node));
    for (const [key, each] of Object.entries(node)) copy[String(nameOf(key))] = fill(each);
    return copy;
  };
  return fill(tree);
}
