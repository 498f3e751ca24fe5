import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

type Lock = { readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>> };
type Part = { readonly 'bom-ref': string };
type Needs = { readonly ref: string; readonly dependsOn: readonly string[] };

/** What a gateway is made of, deployed or started here, as CycloneDX: read from the lockfile, so that one lockfile gives the same bytes. */
export function sbom(): string {
  // `--omit dev` would leave out whatever a development dependency needs, too, such as undici (npm 11.19).
  const words = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const all = JSON.parse(execFileSync('npm', words, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 }));
  const { serialNumber: _, metadata, components, dependencies, ...rest } = all;
  const { timestamp: __, component, ...about } = metadata;
  const itself: string = component['bom-ref'];
  const run = runtime();
  const there = (ref: string) => ref === itself || run.has(ref);
  // npm names it after the folder it is in, and makes its number and its time anew with each run.
  const named = { ...component, name: itself.replace(/@[^@]*$/, '') };
  const told = {
    ...rest,
    metadata: { ...about, component: named },
    components: components.filter((part: Part) => there(part['bom-ref'])),
    dependencies: dependencies
      .filter(({ ref }: Needs) => there(ref))
      .map(({ ref, dependsOn }: Needs) => ({ ref, dependsOn: dependsOn.filter(there) })),
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

/** Each package that is needed for more than development, as `name@version`. */
export function runtime(): ReadonlySet<string> {
  const { packages }: Lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  const needed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  return new Set(needed.map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`));
}

// `npm run sbom` writes it.
if (import.meta.main) {
  mkdirSync(`${root}dist`, { recursive: true });
  writeFileSync(`${root}dist/sbom.json`, sbom());
}
