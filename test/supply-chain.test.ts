import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { build, transform } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bundling, entries } from '../esbuild.config.ts';
import { runtime as needed, sbom } from '../infra/sbom.ts';
import { root, scratch } from './support/gateway.ts';

const { folder, remove } = scratch();
afterAll(remove);

const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const { dependencies, optionalDependencies, devDependencies } = JSON.parse(textOf('package.json'));
const runtime: Readonly<Record<string, string>> = { ...dependencies, ...optionalDependencies };
const lock: Readonly<
  Record<string, { readonly hasInstallScript?: boolean; readonly integrity?: string; readonly inBundle?: boolean }>
> = JSON.parse(textOf('package-lock.json')).packages;

describe('dependencies', () => {
  test('are each named with a reason, and no other is', () => {
    const rows = [...textOf('DEPENDENCIES.md').matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
    expect(rows.map(([, name]) => name)).toEqual(Object.keys(runtime).sort());
  });

  test('have exact versions, and in the lockfile a hash', () => {
    for (const version of Object.values({ ...runtime, ...devDependencies })) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const unhashed = Object.entries(lock).flatMap(
      ([name, { integrity, inBundle }]) => (name && !integrity && !inBundle ? [name] : []), // a bundled one is hashed with its package
    );
    expect(unhashed).toEqual([]);
  });

  test('that would run a script when they are installed work without it', async () => {
    expect(textOf('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    const scripted = Object.entries(lock).flatMap(([name, { hasInstallScript }]) => (hasInstallScript ? [name] : []));
    // What becomes of each without: a prebuilt addon, a prebuilt binary, and an addon that test/support/ric stands in for.
    expect(scripted).toEqual(['aws-lambda-ric', 'classic-level', 'esbuild'].map((name) => `node_modules/${name}`));
    const level = new ClassicLevel(join(folder, 'level'));
    await level.put('key', 'value');
    expect(await level.get('key')).toBe('value');
    await level.close();
    expect((await transform('const one: number = 1;', { loader: 'ts' })).code).toBe('const one = 1;\n');
    for (const name of ['aws-lambda-ric', 'classic-level'])
      expect(readdirSync(join(root, 'node_modules', name))).not.toContain('build');
  });

  test('are listed as CycloneDX, those that are run and no others, without what differs from one time to the next', () => {
    const { bomFormat, components, metadata, serialNumber } = JSON.parse(sbom());
    expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'sluice']);
    expect([serialNumber, metadata.timestamp]).toEqual([undefined, undefined]);
    const refs: readonly string[] = components.map((each: { readonly 'bom-ref': string }) => each['bom-ref']);
    for (const [name, version] of Object.entries(runtime)) expect(refs).toContain(`${name}@${version}`);
    expect(new Set(refs)).toEqual(needed()); // all that is under them, too
    expect(refs).not.toContain(`vitest@${devDependencies.vitest}`);
  });
});

describe('the bundle', () => {
  /** Bundles the gateway of a copy of the sources; gives its files. */
  const bundledIn = async (place: string, at: Date): Promise<Readonly<Record<string, string>>> => {
    mkdirSync(place, { recursive: true });
    for (const part of ['lib', 'functions', 'package.json', 'tsconfig.json'])
      cpSync(join(root, part), join(place, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
    utimesSync(join(place, entries.gateway), at, at);
    const { outputFiles } = await build({
      absWorkingDir: place,
      entryPoints: { index: entries.gateway },
      outdir: 'dist/gateway',
      ...bundling,
      write: false,
    });
    return Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
  };

  test('is the same, byte for byte, wherever and whenever it is made of the same sources', async () => {
    const [one, other] = await Promise.all([
      bundledIn(join(folder, 'one'), new Date('2020-02-29T12:00:00Z')),
      bundledIn(join(folder, 'far/off/the other'), new Date()),
    ]);
    expect(Object.keys(other)).toEqual(Object.keys(one));
    expect(Object.keys(one)).toContain('index.mjs');
    const different = Object.keys(one).filter((name) => one[name] !== other[name]);
    expect(different).toEqual([]);
    expect(Object.values(one).some((text) => text.includes(folder) || text.includes(root))).toBe(false);
  });
});
