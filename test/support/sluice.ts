import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from './gateway.ts';

/** What an operator saw of a command. */
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs `sluice` with these words, on a data folder, as an operator would. */
export function sluice(words: readonly string[], dataDir = '/nowhere'): Promise<Said> {
  const env = { PATH: process.env.PATH, SLUICE_DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'lib/cli/sluice.ts'), ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
