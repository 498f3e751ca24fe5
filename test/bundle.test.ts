import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle, bundled, type Size } from '../esbuild.config.ts';

/** The bound of what a cold start of the Lambda door reads and V8 parses. */
const MOST_BYTES_AT_START = 600_000;

describe('the bundle of the Lambda door', () => {
  let size: Size | undefined;
  let texts: ReadonlyMap<string, string>;
  beforeAll(async () => {
    [size] = await bundle('gateway');
    const files = readdirSync(bundled('gateway')).filter((name) => name.endsWith('.mjs'));
    texts = new Map(files.map((name) => [name, readFileSync(join(bundled('gateway'), name), 'utf8')]));
  });

  test('is small in what it loads at the start', () => {
    expect(size?.firstBytes).toBeLessThanOrEqual(MOST_BYTES_AT_START);
    expect(size?.allBytes).toBeGreaterThan(MOST_BYTES_AT_START); // the rest is loaded by those who need it
  });

  test('loads two files at the start: each costs time of its own', () => {
    const loaded = (name: string): readonly string[] =>
      [...importedBy(texts.get(name) ?? '')].flatMap((each) => [each, ...loaded(each)]);
    const [shared, ...more] = [...new Set(loaded('index.mjs'))];
    expect(shared).toMatch(/^shared-\w+\.mjs$/);
    expect(more).toEqual([]);
  });

  test('imports no module of Node, which would load all that stands behind it', () => {
    const imported = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/\bfrom\s*["'](node:[\w/]+)["']/g)].map(([, name]) => `${name} in ${file}`),
    );
    expect(imported.filter((each) => !each.startsWith('node:module'))).toEqual([]);
    expect(imported.length).toBeGreaterThanOrEqual(2);
  });

  test.each([
    ['async_hooks', 'AsyncLocalStorage'],
    ['http', 'request'],
  ])('gives those who import node:%s later its %s', async (name, wanted) => {
    const file = [...texts.keys()].find((each) => each.startsWith(`node_${name}-`)) ?? 'none';
    expect(await import(join(bundled('gateway'), file))).toHaveProperty(wanted);
  });

  test('clears away what a bundler that was killed has left half written, and nothing of one that lives', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const drafts = [pid, process.pid].map((writer) => join(bundled('gateway'), `index.mjs.${writer}`));
    for (const draft of drafts) writeFileSync(draft, 'half of');
    await bundle('gateway');
    expect(drafts.map(existsSync)).toEqual([false, true]);
    rmSync(drafts[1] ?? '');
  });

  test('is made anew of the same input byte by byte', async () => {
    await bundle('gateway');
    for (const [name, text] of texts) expect(readFileSync(join(bundled('gateway'), name), 'utf8')).toBe(text);
  });
});

/** The files of the bundle that one imports without being asked twice. */
function importedBy(text: string): readonly string[] {
  return [...text.matchAll(/\bfrom\s*["']\.\/([\w.-]+\.mjs)["']/g)].map(([, name = '']) => name);
}
