import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Content } from '../config/content.ts';
import type { ConfigVersion, InForce, Origin } from './config-items.ts';
import { configTable } from './config-table.ts';
import { type Stamping, unstamped } from './stamp.ts';
import type { TableNames } from './tables.ts';

/** A content, and who wants it. */
export type Draft = Content & {
  readonly by?: string | undefined;
  readonly note?: string | undefined;
  /** That it is what was in force before. */
  readonly does?: 'rollback' | undefined;
};

/** A DynamoDB item ends at 400 kB; text and JSON are in one each. */
const MOST_BYTES = 300_000;
const ADOPT_TRIES = 5;

/** Versions of the configuration. Whoever writes one says which version it shall replace, and never replaces another. */
export type ConfigStore = ReturnType<typeof configStore>;

export function configStore(
  client: DynamoDB,
  names: Pick<TableNames, 'access'>,
  now: () => number = Date.now,
  stamping: Stamping = unstamped,
) {
  const table = configTable(client, names);

  const write = async (draft: Draft & { readonly origin: Origin }, over: InForce | undefined, fileHash?: string) => {
    checkSize(draft);
    const { text, json, origin, by, note, does } = draft;
    // What a crash left between the two writes is in the history and was never in force: its number stays its own.
    const version: ConfigVersion = {
      version: Math.max(over?.version ?? 0, await table.newest()) + 1,
      at: new Date(now()).toISOString(),
      origin,
      ...(by !== undefined && { by }),
      ...(note !== undefined && { note }),
      ...(over !== undefined && { replaces: over.version }),
      text,
    };
    // A refusal may be the echo of our own write, whose answer was lost and which the SDK then repeated.
    const added = await table.remember(version, await stamping({ reason: note }));
    if (!added && !isDeepStrictEqual(await table.version(version.version), version)) throw new Overtaken();
    const changed = await stamping({ does, reason: note });
    const current = { version: version.version, json, at: version.at, origin, ...(fileHash && { fileHash }), changed };
    if (!(await table.enforce(current, over?.version)) && (await table.inForce())?.version !== version.version)
      throw new Overtaken();
    return version;
  };

  /** Takes note that a file says what is in force anyway. */
  const takeNote = async (current: InForce, { at, origin }: ConfigVersion, fileHash: string): Promise<boolean> => {
    const { version, json } = current;
    return table.enforce({ version, json, fileHash, at, origin, changed: await stamping() }, version);
  };

  /** Makes the file's content a version, if it has to; undefined when somebody else was faster. */
  const tryToAdopt = async (content: Content, origin: Origin): Promise<number | undefined> => {
    const hash = createHash('sha256').update(content.text).digest('hex');
    const current = await table.inForce();
    if (current?.fileHash === hash) return current.version;
    const written = current && (await table.version(current.version));
    if (current !== undefined && written?.text === content.text)
      return (await takeNote(current, written, hash)) ? current.version : undefined;
    try {
      return (await write({ ...content, origin }, current, hash)).version;
    } catch (error) {
      if (error instanceof Overtaken) return undefined;
      throw error;
    }
  };

  return {
    inForce: table.inForce,
    version: table.version,
    entries: table.entries,

    /** Puts an operator's content in force in the place of the version named, or of none. Throws when another one is in force by then. */
    apply: (draft: Draft, over: InForce | undefined): Promise<ConfigVersion> =>
      write({ ...draft, origin: 'cli' }, over, over?.fileHash),

    /**
     * Puts the content of a file or a deploy in force, unless it is what the last one was: then what was applied since
     * stays in force. The first start makes version 1 of whatever there is.
     */
    adopt: async (content: Content, origin: 'file' | 'deploy'): Promise<number> => {
      for (let tries = 0; tries < ADOPT_TRIES; tries++) {
        const version = await tryToAdopt(content, origin);
        if (version !== undefined) return version;
      }
      throw new Overtaken();
    },
  };
}

/** Another version came into force while this one was being written. */
export class Overtaken extends Error {
  constructor() {
    super('The configuration was changed meanwhile; look at it with sluice config diff, and apply again.');
  }
}

function checkSize({ text, json }: Content): void {
  const bytes = Math.max(Buffer.byteLength(text), Buffer.byteLength(json));
  if (bytes > MOST_BYTES)
    throw new Error(
      `The configuration has ${bytes} bytes, and a version has room for ${MOST_BYTES}. Say it with fewer words, such as globs.`,
    );
}
