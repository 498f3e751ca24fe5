import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type OutputFile, type Plugin, stop } from 'esbuild';
import { atStart, sharing } from './esbuild.shared.config.ts';

/** What is bundled, by the folder it is put in under `dist/`. */
export const entries = {
  gateway: 'functions/gateway.ts',
  sweep: 'functions/sweep.ts',
  'adopt-config': 'functions/adopt-config.ts',
  audit: 'functions/audit.ts',
  'gateway-web': 'functions/gateway-web.ts',
  dynamodb: 'lib/local/dynamodb/main.ts',
} as const;

/**
 * Node's own modules, asked for by require(): an import reads all that a module exports, and behind some of it stands
 * what Node else loads with its first use, as its whole fetch behind node:http. Each importer asks by itself, for what
 * is shared becomes a file of its own.
 */
const builtinsByRequire: Plugin = {
  name: 'builtins by require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind, importer }) => {
      const builtin = path.startsWith('node:') || builtinModules.includes(path);
      if (!builtin || kind === 'require-call') return undefined;
      return { path, namespace: 'builtin', suffix: `?${relative(root, importer)}`, sideEffects: false };
    });
    onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
    }));
  },
};

/** What is imported, but never used here, and would make each start slower. */
const leftOut: Plugin = {
  name: 'left out',
  setup({ onLoad, onResolve }) {
    // The AWS SDK's HTTP/2 loads Node's. All clients of ours are given a handler of HTTP/1.1.
    onLoad({ filter: /@smithy\/node-http-handler\/dist-es\/node-http2-handler\.js$/ }, () => ({
      contents: "export { NodeHttpHandler as NodeHttp2Handler } from './node-http-handler';",
    }));
    // The signer of OpenSearch is given credentials. An import() in CommonJS has esbuild wrap each module of the AWS SDK
    // that is behind it in a function, which V8 then parses twice.
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** How it is bundled. */
export const bundling = {
  bundle: true,
  splitting: true, // what is imported lazily must not cost a cold start
  preserveSymlinks: true, // or names of chunks would tell where a linked node_modules really lies
  minify: true,
  lineLimit: 160, // or a stack trace prints half the bundle
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  // CommonJS dependencies call require(), which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  legalComments: 'none',
  plugins: [builtinsByRequire, leftOut],
  external: ['dynalite'], // finds its own native addon, on a developer's machine only
} as const satisfies BuildOptions;

export type Entry = keyof typeof entries;

/** The bytes of a bundle: those loaded at the start, and those of all its files. */
export type Size = { readonly entry: Entry; readonly firstBytes: number; readonly allBytes: number };

const root = fileURLToPath(new URL('.', import.meta.url));

/** Where a bundled entry lies. */
export const bundled = (entry: Entry) => join(root, 'dist', entry);

/**
 * Bundles entries for Node 24, each into a folder `dist/<entry>/` whose `index.mjs` runs by itself.
 * The same input gives the same bytes.
 */
export async function bundle(...names: readonly Entry[]): Promise<readonly Size[]> {
  const sizes = await Promise.all(names.map(bundleOne));
  await stop();
  return sizes;
}

async function bundleOne(entry: Entry): Promise<Size> {
  const options = { ...bundling, absWorkingDir: root, outdir: bundled(entry), logLevel: 'warning' } as const;
  const entryPoints = { index: entries[entry] };
  // Cut first, without the banner, which each file that is left is given then.
  const split = await build({ ...options, entryPoints, banner: {}, metafile: true, write: false });
  const files = await sharing(split, options);
  await place(bundled(entry), files);
  const bytesOf = (those: readonly OutputFile[]) => those.reduce((sum, { contents }) => sum + contents.length, 0);
  const first = files.filter(({ path }) => atStart(basename(path)));
  return { entry, firstBytes: bytesOf(first), allBytes: bytesOf(files) };
}

/** Writes what has changed, whole files at once: another gateway may be running, or starting, from the same folder. */
async function place(folder: string, files: readonly OutputFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of files) {
    const there = await readFile(path).catch(() => undefined);
    if (there?.equals(contents)) continue;
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, contents);
    await rename(draft, path);
  }
  const kept = new Set(files.map(({ path }) => basename(path)));
  const stale = (await readdir(folder)).filter((name) => !kept.has(name) && !/\.\d+$/.test(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
}
