/** An item's plain attributes. */
export type Item = Readonly<Record<string, number | string>>;

/** A change to a counter, and what must hold for it. Plain data, so that several can be made one. */
export type Intent = {
  /** Added to numbers; a missing one is zero. */
  readonly add: Readonly<Record<string, number>>;
  readonly set: Item;
  /** Taken away, but for what is written. */
  readonly remove: readonly string[];
  /** Attributes that must be missing. */
  readonly absent: readonly string[];
  /** Attributes that must have this very value. */
  readonly equal: Item;
  /** Numbers that must be at most so much before the change; a missing one is zero. */
  readonly atMost: Readonly<Record<string, number>>;
};

/** A change of which only some is said. */
export const intent = (said: Partial<Intent>): Intent => ({
  add: {},
  set: {},
  remove: [],
  absent: [],
  equal: {},
  atMost: {},
  ...said,
});

/**
 * Several changes as one that does them all, in their order, or none. They must not be entangled. Numbers that earlier
 * changes add to have so much less room, or more, for later ones.
 */
export function merged(intents: readonly Intent[]): Intent {
  const add: Record<string, number> = {};
  const atMost: Record<string, number> = {};
  for (const each of intents) {
    for (const [name, most] of Object.entries(each.atMost)) {
      const room = most - (add[name] ?? 0);
      atMost[name] = Math.min(room, atMost[name] ?? room);
    }
    for (const [name, amount] of Object.entries(each.add)) add[name] = (add[name] ?? 0) + amount;
  }
  return {
    add,
    atMost,
    set: Object.assign({}, ...intents.map((each) => each.set)),
    equal: Object.assign({}, ...intents.map((each) => each.equal)),
    remove: [...new Set(intents.flatMap((each) => each.remove))],
    absent: [...new Set(intents.flatMap((each) => each.absent))],
  };
}

/**
 * Joins changes that are to be one, in their order, and says of each whether it did. It does not, and leaves no trace, where
 * what must hold for it depends on one before it: then the two are entangled.
 */
export function joiner(): (change: Intent) => boolean {
  const set = new Set<string>();
  const touched = new Set<string>();
  const equal = new Map<string, number | string>();
  return (change) => {
    const entangled =
      change.absent.some((name) => touched.has(name)) ||
      Object.entries(change.equal).some(
        ([name, value]) => touched.has(name) || (equal.has(name) && equal.get(name) !== value),
      ) ||
      change.remove.some((name) => set.has(name)); // twice taken away is taken away
    if (entangled) return false;
    for (const [name, value] of Object.entries(change.equal)) equal.set(name, value);
    for (const name of Object.keys(change.set)) set.add(name);
    for (const names of [Object.keys(change.set), change.remove, Object.keys(change.add)])
      for (const name of names) touched.add(name);
    return true;
  };
}

/** True where all that must hold for a change holds in an item. */
export function holds({ absent, equal, atMost }: Intent, item: Item): boolean {
  return (
    absent.every((name) => !Object.hasOwn(item, name)) &&
    Object.entries(equal).every(([name, value]) => Object.hasOwn(item, name) && item[name] === value) &&
    Object.entries(atMost).every(([name, most]) => numberIn(item, name) <= most)
  );
}

/** The item after a change. */
export function changed(item: Item, { add, set, remove }: Intent): Item {
  const left = Object.entries(item).filter(([name]) => !remove.includes(name));
  const added = Object.entries(add).map(([name, amount]) => [name, numberIn(item, name) + amount]);
  return { ...Object.fromEntries(left), ...Object.fromEntries(added), ...set };
}

/** How much of an expression a change takes up beside others, roughly in bytes: a write may have 4,096 in each. What is named already is named once. */
export function sizeOf({ add, set, remove, absent, equal, atMost }: Intent, named: Set<string>): number {
  const fresh = (kind: string, names: readonly string[]): number => {
    const before = named.size;
    for (const name of names) named.add(`${kind} ${name}`);
    return named.size - before;
  };
  return (
    18 * (fresh('add', Object.keys(add)) + fresh('set', Object.keys(set))) +
    8 * fresh('remove', remove) +
    38 * absent.length +
    20 * Object.keys(equal).length +
    60 * fresh('most', Object.keys(atMost))
  );
}

const numberIn = (item: Item, name: string): number => (Object.hasOwn(item, name) ? Number(item[name]) : 0);
