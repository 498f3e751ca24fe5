import { type AccessAdmin, accessAdmin } from '../aws/access-admin.ts';
import { type AuditLog, auditLog } from '../aws/audit-log.ts';
import { type Note, noteTaker } from '../aws/audit-notes.ts';
import { MOST_TEXT_BYTES } from '../aws/audit-plain.ts';
import { watchAccess } from '../aws/audit-watch.ts';
import { type CacheAdmin, cacheAdmin } from '../aws/cache-admin.ts';
import { awsCaller } from '../aws/caller.ts';
import { type CallReader, callReader } from '../aws/calls.ts';
import { bucketCaptureAdmin } from '../aws/capture-admin.ts';
import { type ConfigStore, configStore } from '../aws/config-store.ts';
import { dynamodb } from '../aws/dynamodb.ts';
import type { Whereabouts } from '../aws/forget/elsewhere.ts';
import { type Forgetting, forgetting } from '../aws/forget/forgetting.ts';
import { type Unreached, unreached } from '../aws/reach.ts';
import { type RecordedCalls, recordedCalls } from '../aws/recorded-calls.ts';
import { type Deployed, deployedAt } from '../aws/stack.ts';
import { stampsOf, unstamped } from '../aws/stamp.ts';
import { auditTable, localTableNames } from '../aws/tables.ts';
import type { Place } from '../aws/vectors-client.ts';
import { type WrittenCalls, writtenCalls } from '../aws/written-calls.ts';
import type { CaptureAdmin } from '../captures.ts';
import { folderCaptureAdmin } from '../local/captures.ts';
import { findDatabase } from '../local/dynamodb/find.ts';
import { localUser } from '../local/user.ts';
import { findVectors } from '../local/vectors/find.ts';
import { given, type Options } from './options.ts';
import { setting } from './setting.ts';
import { Wrong } from './wrong.ts';

const PATIENCE_MS = 10_000;

/** The tables the command is about: those of the gateway that runs here, or those of a stack in AWS. */
export type Connection = {
  /** Undefined for the gateway that runs here. */
  readonly deployed: Deployed | undefined;
  readonly admin: AccessAdmin;
  readonly cache: CacheAdmin;
  readonly forgetting: Forgetting;
  readonly calls: CallReader;
  readonly written: WrittenCalls;
  readonly recorded: RecordedCalls;
  readonly config: ConfigStore;
  /** Undefined where the gateway is from before there was one. */
  readonly audit: AuditLog | undefined;
  /** Undefined where there is no place for captures. */
  readonly captures: CaptureAdmin | undefined;
  /** Notes for the audit log what is no change of table Access; where there is no such log, nothing. */
  readonly note: (taken: Note) => Promise<void>;
  readonly unreached: () => Promise<readonly Unreached[]>;
  readonly close: () => void;
};

export async function connect(options: Options): Promise<Connection> {
  // The SDK reads both from the environment, in every client it makes.
  const profile = given(options, 'profile');
  // The AWS CLI and CDK go by the second variable, too, the SDK does not: the deploy's region would not be found.
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const region = given(options, 'region') ?? (AWS_REGION || AWS_DEFAULT_REGION || undefined);
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  if (region !== undefined) process.env.AWS_REGION = region;
  const endpoint = options.has('local') ? await localEndpoint() : undefined;
  const deployed = endpoint === undefined ? await deployedAt(given(options, 'stack') ?? 'sluice-gateway') : undefined;
  const names = deployed?.tables ?? localTableNames;
  const auditName = deployed === undefined ? auditTable.localName : deployed.audit;
  const reason = given(options, 'reason');
  if (reason !== undefined && auditName === undefined)
    throw new Wrong('This gateway was deployed before there was an audit log: leave out --reason, or deploy it again.');
  if (reason !== undefined && Buffer.byteLength(reason) > MOST_TEXT_BYTES)
    throw new Wrong(`--reason takes a text of at most ${MOST_TEXT_BYTES} bytes, not of ${Buffer.byteLength(reason)}.`);
  const client = dynamodb({ endpoint, tryMs: PATIENCE_MS, tries: 3 });
  const audit = auditName === undefined ? undefined : auditLog(client, auditName);
  if (deployed === undefined && audit !== undefined) watchAccess(client, names.access, audit);
  const by = deployed === undefined ? async () => localUser() : awsCaller;
  const stamping = audit === undefined ? unstamped : stampsOf(once(async () => ({ by: await by(), reason })));
  const note = noteTaker(client, names, stamping);
  const vectors = () => placeOfVectors(deployed, client.config);
  const captures = capturesOf(deployed);
  return {
    deployed,
    admin: accessAdmin(client, names, Date.now, stamping),
    cache: cacheAdmin(client, names, Date.now, note),
    forgetting: forgetting({ client, names, vectors, captures: placeOfCaptures(captures), note, now: Date.now }),
    calls: callReader(client, names),
    written: writtenCalls(client, names),
    recorded: recordedCalls(client, names),
    config: configStore(client, names, Date.now, stamping),
    audit,
    captures,
    note,
    unreached: () => unreached(client, names),
    close: () => client.destroy(),
  };
}

function capturesOf(deployed: Deployed | undefined): CaptureAdmin | undefined {
  if (deployed === undefined) return folderCaptureAdmin(localFolder());
  const { captures } = deployed;
  return captures === undefined ? undefined : bucketCaptureAdmin(captures, { tryMs: PATIENCE_MS, tries: 3 });
}

/** A stack that names no place for captures may have had one, which then still stands. */
const placeOfCaptures = (captures: CaptureAdmin | undefined): Whereabouts<CaptureAdmin> =>
  captures === undefined ? { state: 'unknown' } : { state: 'place', place: captures };

/** Where vectors are: those of the stack, which may have had some where it names none; or of the gateway that runs here. */
async function placeOfVectors(deployed: Deployed | undefined, signing: Place['signing']): Promise<Whereabouts<Place>> {
  if (deployed !== undefined)
    return deployed.vectors === undefined
      ? { state: 'unknown' }
      : { state: 'place', place: { endpoint: deployed.vectors, signing } };
  const found = await findVectors(localFolder());
  return found === undefined ? { state: 'nowhere' } : { state: 'place', place: { endpoint: async () => found } };
}

const localFolder = (): string => setting('SLUICE_DATA_DIR') || '.sluice';

async function localEndpoint(): Promise<string> {
  const dataDir = localFolder();
  const endpoint = await findDatabase(dataDir);
  if (endpoint === undefined)
    throw new Wrong(
      `No gateway runs here on ${dataDir}. Start it with npm start, or name its folder in SLUICE_DATA_DIR.`,
    );
  return endpoint;
}

/** Asks once, whoever wants to know. */
function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
