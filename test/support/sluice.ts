import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from './gateway.ts';

/** What an operator saw of a command. */
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Where `sluice` is for those who have the sources. */
const sources = join(root, 'lib/cli/sluice.ts');

/** Runs `sluice` with these words, on a data folder, as an operator would; from its sources, unless another file of it is given. */
export function sluice(words: readonly string[], dataDir = '/nowhere', file = sources): Promise<Said> {
  const env = { PATH: process.env.PATH, SLUICE_DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
