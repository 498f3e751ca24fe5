import { type AccessAdmin, accessAdmin } from '../aws/access-admin.ts';
import { dynamodb } from '../aws/dynamodb.ts';
import { stackTableNames } from '../aws/stack.ts';
import { localTableNames } from '../aws/tables.ts';
import { findDatabase } from '../local/dynamodb/find.ts';
import { type Options, textOf, Wrong } from './outcome.ts';

const PATIENCE_MS = 10_000;

/** The tables the command is about: those of the gateway that runs here, or those of a stack in AWS. */
export async function connect(options: Options): Promise<{ readonly admin: AccessAdmin; readonly close: () => void }> {
  // The SDK reads both from the environment, in every client it makes.
  const [profile, region] = [textOf(options, 'profile'), textOf(options, 'region')];
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  if (region !== undefined) process.env.AWS_REGION = region;
  const endpoint = options.local === true ? await localEndpoint() : undefined;
  const names =
    options.local === true ? localTableNames : await stackTableNames(textOf(options, 'stack') ?? 'sluice-gateway');
  const client = dynamodb({ endpoint, tryMs: PATIENCE_MS, tries: 3 });
  return { admin: accessAdmin(client, names), close: () => client.destroy() };
}

async function localEndpoint(): Promise<string> {
  const dataDir = process.env.SLUICE_DATA_DIR || '.sluice';
  const endpoint = await findDatabase(dataDir);
  if (endpoint === undefined)
    throw new Wrong(
      `No gateway runs here on ${dataDir}. Start it with npm start, or name its folder in SLUICE_DATA_DIR.`,
    );
  return endpoint;
}
