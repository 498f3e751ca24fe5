import { abilitiesOf } from './abilities.ts';
import { served } from './factors.ts';
import { echo, type Model } from './model.ts';
import table from './models.json' with { type: 'json' };
import { fits, namesIn, patternsOf, plainNames, readRow } from './rows.ts';

export type { Model } from './model.ts';

/** One provider's models, ready to be looked up; each is read when it is asked for, once. */
type Shelf = {
  readonly listed: () => readonly Model[];
  /** By their names in lower case, the listed names before all others. */
  readonly byName: ReadonlyMap<string, () => Model>;
  readonly patterned: readonly { readonly patterns: readonly string[]; readonly called: (name: string) => Model }[];
};

const rowsOf = new Map<string, readonly string[]>(Object.entries(table.providers));
const lendersOf = new Map<string, readonly string[]>(Object.entries(table.borrows));

const empty: Shelf = { listed: once(() => []), byName: new Map(), patterned: [] };

/** Filled on the first use of each provider. A first call waits for its model: it reads no more of the table than that. */
const shelves = new Map<string, Shelf>([
  ['sluice', { ...empty, listed: once(() => [echo]), byName: new Map([[echo.name, () => echo]]) }],
]);

/** The model of a full name, `provider/model`: by its very name, else by a pattern, else as the provider's lenders have it. */
export function findModel(fullName: string): Model | undefined {
  const slash = fullName.indexOf('/');
  if (slash === -1) return undefined;
  const provider = fullName.slice(0, slash);
  const name = fullName.slice(slash + 1);
  const own = exact(provider, name) ?? patterned(provider, name);
  if (own !== undefined) return own;
  for (const lender of lendersOf.get(provider) ?? []) {
    const lent = exact(lender, name) ?? patterned(lender, name);
    if (lent !== undefined) return toModel(provider, lent.name, lent);
  }
  return undefined;
}

/** The models a provider is known to have; none for a provider whose models only its operator knows. */
export function modelsOf(provider: string): readonly Model[] {
  return shelfOf(provider).listed();
}

/** The providers that have a model of this very name, else those with a pattern it fits; its maker first. */
export function providersOf(name: string): readonly string[] {
  const providers = [...rowsOf.keys(), echo.provider];
  const exactly = providers.filter((provider) => exact(provider, name) !== undefined);
  return exactly.length > 0 ? exactly : providers.filter((provider) => patterned(provider, name) !== undefined);
}

function exact(provider: string, name: string): Model | undefined {
  return shelfOf(provider).byName.get(name.toLowerCase())?.();
}

function patterned(provider: string, name: string): Model | undefined {
  const lowered = name.toLowerCase();
  return shelfOf(provider)
    .patterned.find(({ patterns }) => fits(patterns, lowered))
    ?.called(name);
}

function shelfOf(provider: string): Shelf {
  const kept = shelves.get(provider);
  if (kept !== undefined) return kept;
  const rows = rowsOf.get(provider);
  if (rows === undefined) return empty;
  const shelf = toShelf(provider, rows);
  shelves.set(provider, shelf);
  return shelf;
}

function toShelf(provider: string, rows: readonly string[]): Shelf {
  const entries = rows.map((row) => toEntry(provider, row));
  const known = entries.filter(({ listed }) => listed !== undefined);
  const byName = new Map(known.map(({ listed = '', model }) => [listed.toLowerCase(), model]));
  for (const { model, others } of known) {
    for (const other of others.filter((name) => !byName.has(name.toLowerCase()))) {
      const called = once(() => alias(model(), other));
      byName.set(other.toLowerCase(), called);
    }
  }
  return {
    listed: once(() => known.map(({ model }) => model())),
    byName,
    patterned: entries.filter(({ patterns }) => patterns.length > 0),
  };
}

/** The model by another of its names, where that is documented to have limits of its own. */
function alias(model: Model, name: string): Model {
  const { maxOutputTokens } = abilitiesOf(model.provider, name);
  return maxOutputTokens === undefined || maxOutputTokens === model.maxOutputTokens
    ? model
    : { ...model, maxOutputTokens };
}

/** A row known by patterns alone lists no model: it is called whatever the caller called it. */
function toEntry(provider: string, row: string) {
  const names = namesIn(row);
  const [listed, ...others] = plainNames(names);
  const called = (name: string): Model => toModel(provider, name, readRow(row));
  const model = once(() => called(listed ?? ''));
  const asCalled = (name: string) => (listed === undefined ? called(name) : model());
  return { listed, others, model, patterns: patternsOf(names), called: asCalled };
}

function once<Read extends object>(read: () => Read): () => Read {
  let kept: Read | undefined;
  return () => {
    kept ??= read();
    return kept;
  };
}

function toModel(
  provider: string,
  name: string,
  { price, contextWindow }: Pick<Model, 'price' | 'contextWindow'>,
): Model {
  return {
    id: `${provider}/${name}`,
    provider,
    name,
    price: served(provider, name, price),
    ...(contextWindow !== undefined && { contextWindow }),
    ...abilitiesOf(provider, name),
  };
}
