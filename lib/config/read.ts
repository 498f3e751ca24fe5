import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Config } from './config.ts';
import { type Problem, toConfig } from './schema.ts';

/** A configuration that cannot be used; the message lists every problem with its line. */
export class ConfigError extends Error {}

/**
 * Reads YAML (JSON is YAML) as a configuration. `check` looks at what the schema cannot know, such as provider names.
 * Throws a ConfigError that names file, line and field of everything wrong.
 */
export function readConfig(text: string, file: string, check: (config: Config) => readonly Problem[]): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors.map(
    ({ message, pos }) => `${file}:${lines.linePos(pos[0]).line}: ${message.split('\n')[0]}`,
  );
  if (broken.length > 0) throw new ConfigError(broken.join('\n'));
  visit(document, {
    // The one name that would not become a field: assigned, it vanishes before the schema could refuse it.
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return;
      const line = key.range ? lines.linePos(key.range[0]).line : 1;
      throw new ConfigError(`${file}:${line}: __proto__ is not a field of the configuration`);
    },
  });
  const read = toConfig(plain(document, file));
  const problems = 'problems' in read ? read.problems : check(read.config);
  if ('config' in read && problems.length === 0) return read.config;
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const parent = document.getIn(path.slice(0, depth - 1), true);
      const pair = pairs(parent).find(({ key }) => key?.value === path[depth - 1]);
      if (pair?.key?.range) return lines.linePos(pair.key.range[0]).line;
    }
    return 1;
  };
  throw new ConfigError(
    problems
      .map(({ path, problem }) => `${file}:${lineOf(path)}: ${path.map(String).join('.') || 'the file'} ${problem}`)
      .join('\n'),
  );
}

type KeyNode = { readonly value?: unknown; readonly range?: readonly [number, number, number] | null };

function pairs(node: unknown): readonly { readonly key?: KeyNode }[] {
  return typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items) ? node.items : [];
}

/** The content as plain values. A file that refers to itself without end is refused, not unfolded. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new ConfigError(`${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
