import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type CaptureAdmin, type Captures, captureKey, isCaptureKey, isCapturePrefix } from '../captures.ts';

/** How many are deleted at once. */
const PAGE = 100;
/** How often one is written whose folder is deleted meanwhile. */
const TRIES = 5;
/** What is told then; the second by `mkdir`, which found a folder that is none any more. */
const GONE = ['ENOENT', 'ENOTDIR'];

/** Captures in a data folder, which nobody but its owner can read. */
export const folderCaptures = (dataDir: string): Captures => ({
  keep: async (place, text, signal) => {
    const key = captureKey(place);
    const bytes = await packed(text);
    for (let left = TRIES; ; left--) {
      try {
        await write(join(dataDir, key), bytes, signal);
        return key;
      } catch (error) {
        if (left === 1 || !told(error, ...GONE)) throw error;
      }
    }
  },
});

/** The same as an operator reaches it. */
export const folderCaptureAdmin = (dataDir: string): CaptureAdmin => ({
  read: async (key) => {
    if (!isCaptureKey(key)) return undefined;
    const bytes = await readFile(join(dataDir, key)).catch(unlessMissing);
    return bytes && String(await unpacked(bytes));
  },

  async *delete(prefix) {
    if (!isCapturePrefix(prefix)) throw new Error(`${JSON.stringify(prefix)} is no prefix of captures.`);
    const folder = join(dataDir, prefix);
    const found = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(unlessMissing)) ?? [];
    const pathOf = ({ parentPath, name }: (typeof found)[number]) => join(parentPath, name);
    const files = found.filter((each) => each.isFile()).map(pathOf);
    const drafts = files.filter((path) => path.endsWith(DRAFT)); // of processes that died; others write theirs again
    const kept = files.filter((path) => !path.endsWith(DRAFT));
    for (let deleted = 0; deleted < kept.length; ) {
      const page = kept.slice(deleted, deleted + PAGE);
      await Promise.all(page.map((path) => rm(path, { force: true })));
      deleted += page.length;
      yield { deleted };
    }
    await Promise.all(drafts.map((path) => rm(path, { force: true })));
    const folders = [folder, ...found.filter((each) => each.isDirectory()).map(pathOf)];
    // A folder in which one was kept meanwhile stays.
    for (const path of folders.reverse()) await rmdir(path).catch(unless('ENOENT', 'ENOTEMPTY', 'EEXIST'));
  },

  async *list(prefix) {
    if (!isCapturePrefix(prefix)) throw new Error(`${JSON.stringify(prefix)} is no prefix of captures.`);
    const found = (await readdir(join(dataDir, prefix), { recursive: true }).catch(unlessMissing)) ?? [];
    const stored = found.map((name) => ({ key: `${prefix}${name}` })).filter(({ key }) => isCaptureKey(key));
    for (let from = 0; from < stored.length; from += PAGE) yield stored.slice(from, from + PAGE);
  },

  remove: async (stored) => {
    for (const { key } of stored) {
      if (!isCaptureKey(key)) throw new Error(`${JSON.stringify(key)} is no key of a capture.`);
      await rm(join(dataDir, key), { force: true });
    }
  },
});

const DRAFT = '.draft';

/** Writes a file, all of it or nothing. */
async function write(file: string, bytes: Buffer, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}${DRAFT}`;
  try {
    await writeFile(draft, bytes, { mode: 0o600, signal });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

const told = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);

/** Nothing, where it failed for one of these reasons. */
const unless =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!told(error, ...codes)) throw error;
  };

const unlessMissing = unless('ENOENT');

const packed = promisify(gzip);
const unpacked = promisify(gunzip);
