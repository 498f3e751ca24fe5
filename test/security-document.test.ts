import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support/gateway.ts';
import { runningIn } from './support/security/running.ts';

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
    'names a test that runs: $file "$name"',
    ({ file, name }) => {
      expect(file).toMatch(/\.test\.ts$/);
      expect(existsSync(join(root, file))).toBe(true);
      expect(runningIn(textOf(file))).toContain(name);
    },
  );

  test('is linked from the README', () => {
    expect(textOf('README.md')).toContain('](SECURITY.md)');
  });
});

describe('a proof', () => {
  test.each([
    "test('holds', () => {});",
    "it('holds', () => {});",
    "test('holds', async () => {}, 120_000);",
    "test('holds', { timeout: 120_000 }, () => {});",
    "test.concurrent('holds', () => {});",
    "test.each([1, 2])('holds', (number) => {});",
    "test.each<number>([1, 2])('holds', (number) => {});",
    "test.concurrent.each(rows.map((row) => ({ ...row })))('holds', () => {});",
    `test.each\`row | \${1}\`('holds', () => {});`,
    'test(`holds`, () => {});',
    "test('holds', holding);",
    "describe('a house', () => { test('holds', () => {}); });",
    "describe.each([1, 2])('house %i', (number) => { describe('a door', () => { test('holds', () => {}); }); });",
    "for (const door of doors) { test('holds', () => {}); }",
    "test('’s text is read as it is', () => {}); test('holds', () => {}); test.skip('lets go', () => {});",
  ])('is a test that runs: %s', (source) => {
    expect(runningIn(source)).toContain('holds');
  });

  test('is named as it is written, whatever is put in', () => {
    const source = `test(\`holds \${weight}: %s\`, () => {}); test.each([1])('it\\'s %i', () => {});`;
    expect(runningIn(source)).toEqual([`holds \${weight}: %s`, "it's %i"]);
  });

  test.each([
    "test.skip('holds', () => {});",
    "it.skip('holds', () => {});",
    "test.todo('holds');",
    "test('holds');",
    "test.each([1, 2]).skip('holds', () => {});",
    "test.skip.each([1, 2])('holds', () => {});",
    "test.skipIf(onWindows)('holds', () => {});",
    "test.runIf(onWindows)('holds', () => {});",
    "test.fails('holds', () => {});",
    "test('holds', { skip: true }, () => {});",
    "test('holds', { todo: true }, () => {});",
    "test('holds', { ...options }, () => {});",
    "test('holds', ({ skip }) => { skip(); });",
    "test('holds', (context) => { context.skip('later'); });",
    "test('holds', () => {}); test.only('another', () => {});",
    "test('holds', () => {}); describe.only('others', () => { test('another', () => {}); });",
    "describe.skip('a house', () => { test('holds', () => {}); });",
    "describe.todo('a house', () => { describe('a door', () => { test('holds', () => {}); }); });",
    "describe('a house', { skip: true }, () => { test('holds', () => {}); });",
    "describe('holds', () => { test('another', () => {}); });",
    "if (onWindows) test('holds', () => {});",
    "const never = () => { test('holds', () => {}); };",
    "console.log('holds', () => {});",
    "regexp.test('holds', () => {});",
    "test('another', () => { expect('holds', () => {}); });",
    "// test('holds', () => {});",
    "/* test('holds', () => {}); */",
    'const text = "test(\'holds\', () => {});";',
    "test('holds on', () => {});",
  ])('is nothing else: %s', (source) => {
    expect(runningIn(source)).not.toContain('holds');
  });
});
