import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type OutputFile, stop } from 'esbuild';
import { builtinsByRequire, leftOut, packed, undiciForHttp1 } from './esbuild.plugins.config.ts';
import { atStart, sharing } from './esbuild.shared.config.ts';

/** What is bundled, by the folder it is put in under `dist/`. */
export const entries = {
  gateway: 'functions/gateway.ts',
  sweep: 'functions/sweep.ts',
  'adopt-config': 'functions/adopt-config.ts',
  audit: 'functions/audit.ts',
  'gateway-web': 'functions/gateway-web.ts',
  dynamodb: 'lib/local/beside.ts',
} as const;

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
  plugins: [builtinsByRequire, leftOut, undiciForHttp1, packed],
} as const satisfies BuildOptions;

/** The same for what runs only where its dependencies are installed: each start would bundle the AWS SDK once more. */
const besideDependencies = {
  ...bundling,
  external: ['@aws-sdk/*', '@smithy/*', 'dynalite'], // the last finds its own native addon, too
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
  const how = entry === 'dynamodb' ? besideDependencies : bundling;
  const options = { ...how, absWorkingDir: root, outdir: bundled(entry), logLevel: 'warning' } as const;
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
  const stale = (await readdir(folder)).filter((name) => !kept.has(name) && !beingWritten(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
}

/** Whether it is a draft of a process that lives; one that was killed would leave its drafts in what is deployed. */
function beingWritten(name: string): boolean {
  const [, pid] = /\.(\d+)$/.exec(name) ?? [];
  if (pid === undefined) return false;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return Object(error).code !== 'ESRCH'; // it may be another user's
  }
}
