import { basename } from 'node:path';
import { type BuildOptions, type BuildResult, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';

/** The file a bundle begins with, and what it shares with files that are loaded lazily; both are loaded at the start. */
export const atStart = (file: string): boolean => /^(index|shared-\w+)\.mjs$/.test(file);

/** Files by their names. */
type Texts = ReadonlyMap<string, string>;

/**
 * A bundle whose first file finds all that it needs at the start in one file more. esbuild splits that by which of the
 * lazily loaded files need it, too, and each file costs a cold start more than half a millisecond.
 */
export async function sharing(
  { outputFiles, metafile }: BuildResult<{ write: false; metafile: true }>,
  options: BuildOptions,
): Promise<readonly OutputFile[]> {
  const texts: Texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const early = earlyIn(metafile);
  const names = [...early].flatMap(([file, exported]) => exported.map((name) => ({ file, name })));
  const renamed = names.map(({ file, name }, at) => ({ file, inside: name, outside: `s${at}` }));
  const all = renamed.map(({ file, inside, outside }) => `export { ${inside} as ${outside} } from './${file}';`);
  const chunks: Texts = new Map([...texts].filter(([file]) => early.has(file)));
  // Its name tells its contents, as those of the others do: a process that goes on running never mixes two bundles.
  const named = { ...options, entryNames: '[name]-[hash]' };
  const shared = early.size === 0 ? [] : await rebuild(new Map([['shared.mjs', all.join('\n')]]), chunks, named);
  const place = basename(shared[0]?.path ?? '');
  const stand = (chunk: string) => {
    const its = renamed.filter(({ file }) => file === chunk);
    return `export { ${its.map(({ inside, outside }) => `${outside} as ${inside}`).join(', ')} } from './${place}';`;
  };
  const stands: Texts = new Map([...early.keys()].map((file) => [file, stand(file)]));
  const others: Texts = new Map([...texts].filter(([file]) => !early.has(file)));
  return [...shared, ...(await rebuild(others, stands, options))];
}

/** The files the first one imports without being asked twice, and theirs, with the names of what they export. */
function earlyIn({ outputs }: Metafile): ReadonlyMap<string, readonly string[]> {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Map<string, readonly string[]>();
  const visit = (file: string): void => {
    for (const { path, kind } of byName.get(file)?.imports ?? []) {
      const imported = basename(path);
      if (kind !== 'import-statement' || found.has(imported)) continue;
      found.set(imported, byName.get(imported)?.exports ?? []);
      visit(imported);
    }
  };
  visit('index.mjs');
  return found;
}

/** Bundles each of these files, its imports of the others put in their place; all else it imports stays where it is. */
async function rebuild(files: Texts, inlined: Texts, options: BuildOptions): Promise<readonly OutputFile[]> {
  const known: Plugin = {
    name: 'files of a bundle',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return { path, namespace: 'rebuilt' };
        return inlined.has(basename(path)) ? { path: basename(path), namespace: 'inlined' } : { path, external: true };
      });
      onLoad({ filter: /^/, namespace: 'inlined' }, ({ path }) => ({ contents: inlined.get(path) ?? '' }));
      onLoad({ filter: /^/, namespace: 'rebuilt' }, ({ path }) => ({ contents: files.get(path) ?? '' }));
    },
  };
  const entryPoints = Object.fromEntries([...files.keys()].map((file) => [file.replace(/\.mjs$/, ''), file]));
  const { outputFiles } = await build({ ...options, entryPoints, splitting: false, plugins: [known], write: false });
  return outputFiles;
}
