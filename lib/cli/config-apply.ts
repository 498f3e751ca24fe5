import type { ConfigVersion } from '../aws/config-items.ts';
import { toContent } from '../config/content.ts';
import { readConfig } from '../config/read.ts';
import { secretNames } from '../config/secret-names.ts';
import { providerProblems } from '../providers/index.ts';
import { changesIn } from './config-changes.ts';
import { onlyFile, textOf } from './config-file.ts';
import { remarksOn } from './config-remarks.ts';
import { existing, toNumber } from './config-versions.ts';
import type { Connection } from './connect.ts';
import { changing, given } from './options.ts';
import type { Deed, Outcome } from './outcome.ts';
import { checkPatterns } from './redaction-flags.ts';
import { Wrong } from './wrong.ts';

/** `sluice config apply`: a file becomes the version in force. */
export const apply: Deed = {
  takes: { ...changing, note: 'value' },
  act: async ({ connect, operands, options }) => {
    const name = onlyFile(operands, 'apply');
    const text = textOf(name, 'apply');
    readConfig(text, name, providerProblems); // what is wrong with it is told without asking anybody
    return enforce(await connect(), { text, name, note: given(options, 'note') });
  },
};

/** `sluice config rollback`: what was in force before becomes the newest version. */
export const rollback: Deed = {
  takes: { ...changing, note: 'value' },
  act: async ({ connect, operands, options }) => {
    const [operand, ...more] = operands;
    if (more.length > 0) throw new Wrong('Name one version: sluice config rollback 3');
    const connection = await connect();
    const wanted = operand === undefined ? await versionBefore(connection) : toNumber(operand);
    const { text } = await existing(connection, wanted);
    const note = given(options, 'note') ?? `rollback to version ${wanted}`;
    return enforce(connection, { text, name: `version ${wanted}`, note, does: 'rollback' });
  },
};

/** A text that shall come into force, what it is called, and why. */
type Wanted = {
  readonly text: string;
  readonly name: string;
  readonly note: string | undefined;
  readonly does?: 'rollback';
};

async function enforce(connection: Connection, { text, name, note, does }: Wanted): Promise<Outcome> {
  const { config: store, deployed } = connection;
  const config = readConfig(text, name, providerProblems);
  await checkPatterns(config.redaction);
  const secrets = deployed === undefined ? [] : secretNames(config, name);
  const current = await store.inForce();
  const before = current && (await store.version(current.version));
  if (current !== undefined && before?.text === text)
    return {
      data: { version: current.version, unchanged: true, changes: [] },
      text: `Unchanged: ${name} is what version ${current.version} says, which is in force.`,
    };
  const content = toContent(text);
  const by = process.env.USER || process.env.AWS_PROFILE || undefined;
  const { version } = await store.apply({ ...content, by, note, does }, current);
  const changes = changesIn(JSON.parse(current?.json ?? '{}'), JSON.parse(content.json));
  const remarks = [
    ...(changes.some((change) => change.startsWith('ledger.'))
      ? [`ledger holds from the next ${deployed === undefined ? 'start' : 'deploy of a file that says so'} on.`]
      : []),
    ...remarksOn(config),
    ...unreadable(secrets, deployed?.ownSecrets ?? ''),
  ];
  const changed = changes.length === 0 ? 'nothing but its wording' : changes.join(', ');
  return {
    data: { version, unchanged: false, previous: current?.version, changes, remarks },
    text: [
      `Version ${version} is in force; every gateway knows within 30 seconds. Changed: ${changed}.`,
      ...remarks,
    ].join('\n'),
  };
}

async function versionBefore({ config: store }: Connection): Promise<number> {
  const current = await store.inForce();
  const version: ConfigVersion | undefined = current && (await store.version(current.version));
  if (version?.replaces === undefined)
    throw new Wrong('There is no version before the one in force. See sluice config list.');
  return version.replaces;
}

const unreadable = (secrets: readonly string[], own: string): readonly string[] =>
  secrets
    .filter((secret) => !secret.startsWith(own))
    .map(
      (secret) =>
        `The secret ${secret} can be read only where a deploy has named it, too; those named ${own}… always can.`,
    );
