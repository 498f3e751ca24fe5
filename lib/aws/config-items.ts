import { isFields } from './access-fields.ts';

/** Where a version came from: the file of a local gateway, a deploy, or an operator's command. */
const origins = ['file', 'deploy', 'cli'] as const;
export type Origin = (typeof origins)[number];

/** A version of the configuration, without its content. */
export type VersionEntry = {
  readonly version: number;
  /** When it was written, in ISO form. */
  readonly at: string;
  readonly origin: Origin;
  readonly by?: string;
  readonly note?: string;
  /** The version it took the place of; none before the first. */
  readonly replaces?: number;
};

/** A version of the configuration, as it was written. */
export type ConfigVersion = VersionEntry & { readonly text: string };

/** What gateways read: the number of the version in force, and its content as JSON. */
export type InForce = {
  readonly version: number;
  readonly json: string;
  /** SHA-256 (hex) of the file that was last compared with what is in force. */
  readonly fileHash?: string;
};

/** The partition of table Access in which versions are. No tenant and no key can be in it: theirs begin with `tenant#` and `key#`. */
export const CONFIG = 'config';
export const CURRENT = 'current';
export const HISTORY = 'v#';

/** Where a version stands in the history; they sort by their number. */
export const historyKey = (version: number): string => `${HISTORY}${String(version).padStart(8, '0')}`;

/** Reads the item of what is in force; throws for one that somebody broke. */
export function toInForce(item: unknown): InForce {
  const { version, json, fileHash } = isFields(item) ? item : {};
  if (!counted(version) || typeof json !== 'string') throw new Error(broken(CURRENT));
  return { version, json, ...(typeof fileHash === 'string' && { fileHash }) };
}

/** Reads an item of the history; throws for one that somebody broke. */
export function toVersion(item: unknown): ConfigVersion {
  const { text } = isFields(item) ? item : {};
  const entry = toEntry(item);
  if (typeof text !== 'string') throw new Error(broken(historyKey(entry.version)));
  return { ...entry, text };
}

/** Reads an item of the history, without its content. */
export function toEntry(item: unknown): VersionEntry {
  const { sk, version, at, origin, by, note, replaces } = isFields(item) ? item : {};
  const from = origins.find((each) => each === origin);
  if (!counted(version) || typeof at !== 'string' || from === undefined) throw new Error(broken(String(sk)));
  return {
    version,
    at,
    origin: from,
    ...(typeof by === 'string' && { by }),
    ...(typeof note === 'string' && { note }),
    ...(counted(replaces) && { replaces }),
  };
}

const counted = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

const broken = (sk: string): string =>
  `The item ${CONFIG} / ${sk} of table Access cannot be read, because somebody changed it. Delete it there, and apply a configuration again: sluice config apply FILE`;
