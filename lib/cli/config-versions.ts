import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { ConfigVersion } from '../aws/config-items.ts';
import { configFile, textOf } from './config-file.ts';
import type { Connection } from './connect.ts';
import { type Deed, none } from './outcome.ts';
import { table } from './table.ts';
import { Wrong } from './wrong.ts';

/** `sluice config get`: a version as it was written. */
export const get: Deed = {
  takes: {},
  act: async ({ connect, operands }) => {
    const [operand, ...more] = operands;
    if (more.length > 0) throw new Wrong('Name one version: sluice config get 3');
    const connection = await connect();
    const version = await existing(
      connection,
      operand === undefined ? await numberInForce(connection) : toNumber(operand),
    );
    return { data: version, text: version.text.replace(/\n$/, '') };
  },
};

/** `sluice config list`: every version, and which is in force. */
export const list: Deed = {
  takes: {},
  act: async ({ connect, operands }) => {
    none(operands);
    const { config: store } = await connect();
    const [current, entries] = await Promise.all([store.inForce(), store.entries()]);
    const versions = entries.map((entry) => ({ ...entry, inForce: entry.version === current?.version }));
    const rows = versions.map(({ version, at, origin, by = '', note = '', inForce }) => [
      String(version),
      at,
      origin,
      by,
      inForce ? 'in force' : '',
      note,
    ]);
    return { data: versions, text: table(['VERSION', 'AT', 'FROM', 'BY', '', 'NOTE'], rows, ['VERSION']) };
  },
};

/** `sluice config diff`: what would change if a file, or another version, came into force. */
export const diff: Deed = {
  takes: {},
  act: async ({ connect, operands }) => {
    const [one, other, ...more] = operands;
    if (more.length > 0) throw new Wrong('Name at most two, such as sluice config diff 3 5');
    const connection = await connect();
    const from = other === undefined || one === undefined ? await inForce(connection) : await written(connection, one);
    const to = await written(connection, other ?? one ?? configFile(undefined));
    if (from.text === to.text)
      return {
        data: { from: from.name, to: to.name, same: true, diff: '' },
        text: `${to.name} says what ${from.name} says.`,
      };
    const patch = createTwoFilesPatch(from.name, to.name, from.text, to.text, undefined, undefined, {
      headerOptions: FILE_HEADERS_ONLY,
    });
    return { data: { from: from.name, to: to.name, same: false, diff: patch }, text: patch.trimEnd() };
  },
};

type Written = { readonly name: string; readonly text: string };

/** What an operand means: a version by its number, else a file. */
async function written(connection: Connection, operand: string): Promise<Written> {
  if (!/^\d+$/.test(operand)) return { name: operand, text: textOf(operand, 'diff') };
  const { version, text } = await existing(connection, toNumber(operand));
  return { name: `version ${version}`, text };
}

/** What is in force; before the first version that is an empty text. */
async function inForce(connection: Connection): Promise<Written> {
  if ((await connection.config.inForce()) === undefined) return { name: 'no version', text: '' };
  return written(connection, String(await numberInForce(connection)));
}

async function numberInForce({ config: store }: Connection): Promise<number> {
  const current = await store.inForce();
  if (current === undefined) throw new Wrong('There is no version yet. Make one: sluice config apply FILE');
  return current.version;
}

/** The version of a number; refuses one that is not there. */
export async function existing({ config: store }: Connection, number: number): Promise<ConfigVersion> {
  const version = await store.version(number);
  if (version === undefined) throw new Wrong(`There is no version ${number}. See sluice config list.`);
  return version;
}

/** A version's number, as it is typed. */
export function toNumber(operand: string): number {
  if (!/^\d{1,8}$/.test(operand))
    throw new Wrong(
      `A version is named by its number, such as 3, not ${JSON.stringify(operand)}. See sluice config list.`,
    );
  return Number(operand);
}
