import { execFile } from 'node:child_process';
import { inject } from 'vitest';
import type { Said } from '../support/sluice.ts';

/** Runs `sluice` with these words in a folder, with nothing in its environment but what is given. */
export function typed(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const options = { cwd, env: { PATH: process.env.PATH, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [inject('bundledSluice'), ...words], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
