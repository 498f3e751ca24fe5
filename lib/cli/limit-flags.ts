import type { Edit } from '../aws/access-edit.ts';
import { priorities, rateKinds, windows } from '../ledger/limits.ts';
import { toAmount, toCount, toGlobs, toOneOf, toTimezone } from './flag-values.ts';
import { didYouMean } from './nearest.ts';
import type { OptionKinds, Options } from './options.ts';
import { Wrong } from './wrong.ts';

/** An option that stands for one attribute of an item. */
export type Flag = {
  readonly name: string;
  readonly path: readonly string[];
  /** Reads what was typed; throws a Wrong that names the option. */
  readonly read: (text: string, option: string) => unknown;
  /** True when its value is `FEATURE=VALUE`, and the feature belongs into the path after `features`. */
  readonly ofFeature?: boolean;
  /** True when its value is `NAME=VALUE`, and the name is the end of the path. */
  readonly named?: boolean;
};

const limits: readonly Flag[] = [
  ...windows.map((window) => ({ name: `budget-${window}`, path: ['budgets', window], read: toAmount })),
  ...rateKinds.map((kind) => ({ name: kind, path: ['rates', kind], read: toCount })),
];
const models: Flag = { name: 'models', path: ['models'], read: toGlobs };
const priority: Flag = { name: 'priority', path: ['priority'], read: toOneOf(priorities) };

const under = (prefix: string, parent: string, flags: readonly Flag[]): readonly Flag[] =>
  flags.map((flag) => ({ ...flag, name: `${prefix}-${flag.name}`, path: [parent, ...flag.path] }));

/** The limits anything has: a key its own, a tenant its own. */
export const ownFlags: readonly Flag[] = [...limits, models, priority];

/** The limits a tenant has: its own, and those of its keys, its users and its features. */
export const tenantFlags: readonly Flag[] = [
  ...ownFlags,
  { name: 'timezone', path: ['timezone'], read: toTimezone },
  ...under('key', 'keyDefaults', ownFlags),
  ...under('user', 'userDefaults', limits),
  ...under('feature', 'features', [...limits, models]).map((flag) => ({ ...flag, ofFeature: true })),
];

/** The options of these flags, and `--unset`. */
export const optionsOf = (flags: readonly Flag[]): OptionKinds => ({
  ...Object.fromEntries(flags.map(({ name, ofFeature, named }) => [name, ofFeature || named ? 'values' : 'value'])),
  unset: 'values',
});

/** The edits that options ask for: what they unset first, what they set second. */
export function editsOf(options: Options, flags: readonly Flag[]): readonly Edit[] {
  const unset = (options.get('unset') ?? []).map((field) => ({ path: unsetPath(field, flags), value: undefined }));
  const set = flags.flatMap((flag) => (options.get(flag.name) ?? []).map((text) => setEdit(text, flag)));
  return [...unset, ...set];
}

function setEdit(text: string, { name, path, read, ofFeature, named }: Flag): Edit {
  const option = `--${name}`;
  if (!ofFeature && !named) return { path, value: read(text, option) };
  const cut = text.indexOf('=');
  if (cut < 1 && named) throw new Wrong(`${option} takes NAME=VALUE, not ${JSON.stringify(text)}.`);
  if (cut < 1)
    throw new Wrong(`${option} takes FEATURE=VALUE, such as ${option} free-tier=1, not ${JSON.stringify(text)}.`);
  const of = text.slice(0, cut);
  return { path: named ? [...path, of] : inFeature(path, of), value: read(text.slice(cut + 1), option) };
}

const inFeature = ([features = '', ...rest]: readonly string[], name: string) => [features, name, ...rest];

const KEPT = ['pk', 'sk', 'v', 'id', 'tenant', 'created', 'revoked', 'rotated'];

/** The path that `--unset FIELD` is about: a flag's, `budgets` or another attribute whole, `feature:NAME`, or `attribute:a.b` for what should not be there. */
function unsetPath(field: string, flags: readonly Flag[]): readonly string[] {
  const [, name = '', detail] = /^(?:--)?([^:=]*)(?:[:=](.*))?$/s.exec(field) ?? [];
  const wholes = flags.flatMap(({ path: [whole = '', ...inside] }) => (inside.length > 0 ? [whole] : []));
  // `cache` is the name of a flag, too. Whoever takes it back must not leave a wider scope behind.
  if (wholes.includes(name) && detail === undefined) return [name];
  const flag = flags.find((each) => each.name === name);
  if (flag?.ofFeature && detail) return inFeature(flag.path, detail);
  if (flag?.named && detail) return [...flag.path, detail];
  if (flag?.ofFeature) throw new Wrong(`--unset ${name} needs a feature: --unset ${name}:free-tier`);
  if (flag !== undefined && detail === undefined) return flag.path;
  if (name === 'feature' && detail && flags.some((each) => each.ofFeature)) return ['features', detail];
  const path = name === 'attribute' && detail ? detail.split('.') : [];
  if (path.length > 0 && !path.includes('') && !KEPT.includes(path[0] ?? '')) return path;
  const known = [...flags.map((each) => each.name), ...wholes];
  throw new Wrong(
    `--unset takes the name of an option without its dashes, not ${JSON.stringify(field)}.${didYouMean(name, known)}`,
  );
}

/** How the limits are typed, for a command's help. */
export const limitHelp = `[--budget-minute|-hour|-day|-month|-total USD|none] [--rpm N|none] [--tpm N|none]
       [--concurrent N|none] [--models GLOB,GLOB] [--priority ${priorities.join('|')}]`;
