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
type Shape = {
  readonly tree: unknown;
  /** By the objects in the tree, the names of the values they stand for. */
  readonly standIns: ReadonlyMap<unknown, string>;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
  /** What is written out in it, names of attributes among them. */
  readonly words: ReadonlySet<string>;
};

/** The letters of what is known: a hundred of the longest expressions. Their trees take twenty times as much. */
const MOST_LETTERS = 1_000_000;

/**
 * Makes a parser parse expressions that differ only in what their stand-ins stand for once. A gateway sends a few of
 * them over and over, and half of what the database did was to parse them anew.
 */
export function parseOnce(parser: Parser): void {
  const parse = parser.parse.bind(parser);
  const known = new Map<string, Shape | 'none'>();
  let letters = 0;
  const shapeFor = (key: string, make: () => Shape | 'none'): Shape | 'none' => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (letters + key.length > MOST_LETTERS) {
      known.clear();
      letters = 0;
    }
    const made = make();
    known.set(key, made);
    letters += key.length;
    return made;
  };
  parser.parse = (text, options) => {
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context;
    const types = typesIn(attrVals);
    if (types === undefined) return parse(text, options);
    const key = JSON.stringify([text, Object.keys(attrNames), types]);
    const shape = shapeFor(key, () => shapeOf(parse, text, types, options.context));
    if (shape === 'none' || !free(attrNames, shape)) return parse(text, options);
    for (const name of shape.usedNames) delete unusedAttrNames[name];
    for (const name of shape.usedValues) delete unusedAttrVals[name];
    return filled(shape, attrNames, attrVals);
  };
}

type Types = readonly (readonly [name: string, type: string])[];

/** The type of each value; undefined when one has none, or several. */
function typesIn(values: Fields): Types | undefined {
  const types: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(values)) {
    const [type, ...others] = isFields(value) ? Object.keys(value) : [];
    if (type === undefined || others.length > 0) return undefined;
    types.push([name, type]);
  }
  return types;
}

/** Whether it is the same to a parser what the names stand for: not where two paths may be one. */
function free(names: Fields, { words }: Shape): boolean {
  const all = Object.values(names);
  const told = all.every((name) => typeof name === 'string' && name !== '' && !words.has(name));
  return told && new Set(all).size === all.length;
}

/** Its bounds are compared when it is parsed. So is the type that `attribute_type` asks for, which no stand-in is. */
const OF_VALUES = /between/i;

function shapeOf(parse: Parser['parse'], text: string, types: Types, context: Context): Shape | 'none' {
  if (OF_VALUES.test(text)) return 'none';
  const attrVals = Object.fromEntries(types.map(([name, type]) => [name, { [type]: true }]));
  const attrNames = Object.fromEntries(Object.keys(context.attrNames ?? {}).map((name) => [name, name]));
  const [unusedAttrNames, unusedAttrVals] = [{ ...attrNames }, { ...attrVals }];
  const standing = { ...context, attrNames, attrVals, unusedAttrNames, unusedAttrVals };
  try {
    const tree = parse(text, { context: standing });
    if (!isFields(tree)) return 'none';
    return {
      tree,
      standIns: new Map(Object.entries(attrVals).map(([name, value]) => [value, name])),
      usedNames: Object.keys(attrNames).filter((name) => !Object.hasOwn(unusedAttrNames, name)),
      usedValues: Object.keys(attrVals).filter((name) => !Object.hasOwn(unusedAttrVals, name)),
      words: new Set(text.match(/(?<![#:\w])\w+/g)),
    };
  } catch {
    return 'none'; // its words are for the one who sent it
  }
}

/** A tree with what its stand-ins stand for. No name that is written out begins with `#`. */
function filled({ tree, standIns }: Shape, names: Fields, values: Fields): unknown {
  const nameOf = (name: string) => (name.startsWith('#') ? names[name] : name);
  const fill = (node: unknown): unknown => {
    if (typeof node === 'string') return nameOf(node);
    if (Array.isArray(node)) return node.map(fill);
    if (typeof node !== 'object' || node === null) return node;
    const value = standIns.get(node);
    if (value !== undefined) return values[value];
    const copy: Fields = Object.create(Object.getPrototypeOf(node));
    for (const [key, each] of Object.entries(node)) copy[String(nameOf(key))] = fill(each);
    return copy;
  };
  return fill(tree);
}
