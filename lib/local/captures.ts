import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type CaptureAdmin, type Captures, captureKey, isCaptureKey, isCapturePrefix } from '../captures.ts';

/** How many are deleted at once. */
const PAGE = 100;

/** Captures in a data folder, which nobody but its owner can read. */
export const folderCaptures = (dataDir: string): Captures => ({
  keep: async (place, text, signal) => {
    const key = captureKey(place);
    const file = join(dataDir, key);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.draft`;
    try {
      await writeFile(draft, await packed(text), { mode: 0o600, signal });
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return key;
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
    const found = (await readdir(folder, { recursive: true }).catch(unlessMissing)) ?? [];
    const files = found.filter((name) => name.endsWith('.json.gz'));
    for (let deleted = 0; deleted < files.length; ) {
      const page = files.slice(deleted, deleted + PAGE);
      await Promise.all(page.map((name) => rm(join(folder, name), { force: true })));
      deleted += page.length;
      yield { deleted };
    }
    await rm(folder, { recursive: true, force: true }); // and the empty folders, and drafts of a process that died
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

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

const packed = promisify(gzip);
const unpacked = promisify(gunzip);
