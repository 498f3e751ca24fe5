import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support/gateway.ts';

const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const document = textOf('SECURITY.md');

/** A threat, and the tests that show what stops it: files, each with names of its tests. */
type Row = { readonly threat: string; readonly proofs: readonly { readonly file: string; readonly name: string }[] };

const rows: readonly Row[] = [...document.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]*`test\/[^|]+) \|$/gm)].map(
  ([, threat = '', proof = '']) => ({
    threat,
    proofs: [...proof.matchAll(/`(test\/[^`]+)`((?:;? "[^"]+")+)/g)].flatMap(([, file = '', names = '']) =>
      [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ file, name })),
    ),
  }),
);

describe('SECURITY.md', () => {
  test('has a proof in each line of its tables of threats', () => {
    const lines = document
      .slice(document.indexOf('## Threats'), document.indexOf('## What is not defended'))
      .split('\n');
    const threats = lines.filter((line) => /^\| (?!threat |---)/.test(line));
    expect(rows.map(({ threat }) => threat)).toEqual(threats.map((line) => line.split(' | ')[0]?.slice(2)));
    expect(rows.length).toBeGreaterThan(40);
    for (const { threat, proofs } of rows) expect([threat, proofs.length > 0]).toEqual([threat, true]);
    // Each test that is quoted is read as one.
    const quoted = lines.join('\n').match(/"[^"]+"(?=;| \||$)/gm);
    expect(rows.flatMap(({ proofs }) => proofs)).toHaveLength(quoted?.length ?? 0);
  });

  test.each(rows.flatMap(({ threat, proofs }) => proofs.map((proof) => ({ threat, ...proof }))))(
    'names a test that exists: $file "$name"',
    ({ file, name }) => {
      expect(existsSync(join(root, file))).toBe(true);
      // As it stands in the source: the name of a test or of tests, in whatever quotes.
      const named = ["'", '"', '`'].map((quote) => `${quote}${name}${quote}`);
      expect(named.some((each) => calledIn(textOf(file)).includes(each))).toBe(true);
    },
  );

  test('is linked from the README', () => {
    expect(textOf('README.md')).toContain('](SECURITY.md)');
  });
});

/** What tests are called in a source: the first thing in a parenthesis, before a comma. */
const calledIn = (source: string): readonly string[] =>
  [...source.matchAll(/\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`),/g)].map(([, name = '']) => name);
