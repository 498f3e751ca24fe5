import { open } from 'node:fs/promises';
import '../../schema.ts';
import * as z from 'zod/mini';
import type { Mapping } from './mapping.ts';
import type { Document } from './store.ts';

type Indexes = Map<string, { readonly mapping: Mapping; readonly documents: Map<string, Document> }>;

/** What happened to the vectors, a line each. */
type Change =
  | { readonly made: string; readonly mapping: Mapping }
  | { readonly added: string; readonly document: Document }
  | { readonly removed: string; readonly id: string };

/** What the changes in a file come to; nothing where there is none. A line that a crash has torn is passed over. */
export async function readChanges(file: string): Promise<Indexes> {
  const indexes: Indexes = new Map();
  const handle = await open(file, 'a+');
  for await (const line of handle.readLines({ start: 0 })) {
    const change = toChange(line);
    if (change === undefined) continue;
    if ('made' in change) indexes.set(change.made, { mapping: change.mapping, documents: new Map() });
    else if ('added' in change) indexes.get(change.added)?.documents.set(change.document.id, change.document);
    else indexes.get(change.removed)?.documents.delete(change.id);
  }
  return indexes;
}

/** The least changes that come to the same. */
export function* toChanges(indexes: Indexes): Iterable<string> {
  for (const [name, { mapping, documents }] of indexes) {
    yield fromChange({ made: name, mapping });
    for (const document of documents.values()) yield fromChange({ added: name, document });
  }
}

/** A change as its line. */
export function fromChange(change: Change): string {
  if (!('added' in change)) return `${JSON.stringify(change)}\n`;
  const { id, fields, vector } = change.document;
  return `${JSON.stringify({ added: change.added, id, fields, vector: Buffer.from(vector.buffer).toString('base64') })}\n`;
}

function toChange(line: string): Change | undefined {
  const { data } = written.safeParse(parsed(line));
  if (data === undefined || !('added' in data)) return data;
  const { added, id, fields, vector } = data;
  return {
    added,
    document: { id, fields, vector: new Float32Array(Uint8Array.from(Buffer.from(vector, 'base64')).buffer) },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const mapping = z.object({
  dimension: z.number(),
  vector: z.string(),
  others: z.record(z.string(), z.enum(['keyword', 'long'])),
});

const written = z.union([
  z.object({ made: z.string(), mapping }),
  z.object({
    added: z.string(),
    id: z.string(),
    fields: z.record(z.string(), z.union([z.string(), z.number()])),
    vector: z.string(),
  }),
  z.object({ removed: z.string(), id: z.string() }),
]);
