import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { bundling } from '../../esbuild.config.ts';
import { root } from './gateway.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file Node runs: all of `sluice` in one bundle, which starts five times as fast as its sources. */
    readonly bundledSluice: string;
  }
}

/** Bundles `sluice` once for a run of the tests, which start it hundreds of times. */
export async function setup(run: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bundled-'));
  const entryPoints = { sluice: 'lib/cli/sluice.ts' };
  await build({ ...bundling, absWorkingDir: root, entryPoints, outdir: folder, logLevel: 'warning' });
  await stop();
  run.provide('bundledSluice', join(folder, 'sluice.mjs'));
  return () => rm(folder, { recursive: true, force: true });
}
