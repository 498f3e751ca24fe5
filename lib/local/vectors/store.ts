import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { fromChange, readChanges, toChanges } from './changes.ts';
import type { Content, Mapping } from './mapping.ts';

export type Document = Content & { readonly id: string };
export type Index = { readonly mapping: Mapping; readonly documents: ReadonlyMap<string, Document> };

/** All vectors in memory; each change is on disk when it is done. */
export type Store = {
  readonly indexes: ReadonlyMap<string, Index>;
  readonly create: (index: string, mapping: Mapping) => Promise<void>;
  readonly add: (index: string, document: Document) => Promise<void>;
  /** False where there is no such document. */
  readonly remove: (index: string, id: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** Opens the store in a file, which first shrinks to what still stands. */
export async function openStore(file: string): Promise<Store> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const indexes = await readChanges(file);
  const draft = `${file}.draft`;
  await writeFile(draft, toChanges(indexes));
  await rename(draft, file);
  const out = createWriteStream(file, { flags: 'a' });
  out.on('error', () => {}); // each write tells its own
  const write = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      out.write(line, (error) => (error ? reject(error) : resolve()));
    });

  return {
    indexes,
    create: (index, mapping) => {
      indexes.set(index, { mapping, documents: new Map() });
      return write(fromChange({ made: index, mapping }));
    },
    add: (index, document) => {
      indexes.get(index)?.documents.set(document.id, document);
      return write(fromChange({ added: index, document }));
    },
    remove: async (index, id) => {
      if (indexes.get(index)?.documents.delete(id) !== true) return false;
      await write(fromChange({ removed: index, id }));
      return true;
    },
    close: () => {
      out.end();
      return finished(out);
    },
  };
}
