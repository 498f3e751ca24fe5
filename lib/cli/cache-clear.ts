import type { Cleared } from '../aws/answer-items.ts';
import { findModel, providersOf } from '../catalog/catalog.ts';
import { bestGlob } from '../catalog/globs.ts';
import { readConfig } from '../config/read.ts';
import { providerProblems } from '../providers/index.ts';
import type { Connection } from './connect.ts';
import { changing, given, type Options } from './options.ts';
import { type Deed, none } from './outcome.ts';
import { withProgress } from './progress.ts';
import { Wrong } from './wrong.ts';

/** `sluice cache clear`: the answers of a tenant, a key or a model are taken away. */
export const clear: Deed = {
  takes: { ...changing, tenant: 'value', key: 'value', model: 'value' },
  act: async ({ connect, operands, options }) => {
    none(operands);
    const cleared = toCleared(options);
    const { of, name } = cleared;
    const connection = await connect();
    const until = new Date(await connection.cache.clear(cleared)).toISOString();
    const deleted = await deleting(connection, cleared);
    // Afterwards: whoever takes something away must not wait for who it was, and a tenant that is gone may have left answers.
    const known = await isKnown(connection, cleared);
    if (!known && deleted === 0)
      throw new Wrong(`There is no ${of} ${name}, and there was no answer of it. ${advice[of]}`);
    const answers = deleted === 1 ? '1 answer is' : `${deleted} answers are`;
    const said = `The cache of ${of} ${name} is cleared: nothing asked for until ${until} is given again, and ${answers} deleted.`;
    return {
      data: { [of]: name, known, clearedUntil: until, deleted },
      text: known ? said : `${said}\nThere is no ${of} ${name} any more.`,
    };
  },
};

const kinds = ['tenant', 'key', 'model'] as const;

function toCleared(options: Options): Cleared {
  const [cleared, ...more] = kinds.flatMap((of): Cleared[] => {
    const name = given(options, of);
    return name === undefined ? [] : [{ of, name }];
  });
  if (cleared === undefined || more.length > 0)
    throw new Wrong('Name one of --tenant NAME, --key ID and --model PROVIDER/MODEL: sluice cache clear --tenant NAME');
  if (cleared.of === 'model' && !/^[^/\s]+\/\S+$/.test(cleared.name)) throw bare(cleared.name);
  return cleared;
}

/** Answers are kept under the model that gave them, whatever it was called by. */
function bare(name: string): Wrong {
  const full = providersOf(name).map((provider) => `--model ${provider}/${name}`);
  const known = full.length > 0 ? ` Write ${full.join(', or ')}.` : ' sluice usage --by model shows them.';
  return new Wrong(`--model takes the full name, PROVIDER/MODEL, not ${JSON.stringify(name)}.${known}`);
}

function deleting({ cache }: Connection, cleared: Cleared): Promise<number> {
  return withProgress(async (tell) => {
    let deleted = 0;
    for await (const swept of cache.delete(cleared)) {
      deleted = swept.deleted;
      tell(`${swept.read} items read, ${deleted} answers deleted…`);
    }
    return deleted;
  });
}

const advice = {
  tenant: 'See sluice tenants list.',
  key: 'See sluice keys list.',
  model: 'Is its name right? sluice usage --by model shows those that were called.',
} as const satisfies Record<Cleared['of'], string>;

async function isKnown({ admin, config }: Connection, { of, name }: Cleared): Promise<boolean> {
  switch (of) {
    case 'tenant':
      return admin.tenantExists(name);
    case 'key':
      return (await admin.key(name)) !== undefined;
    case 'model': {
      if (findModel(name) !== undefined) return true;
      const inForce = await config.inForce();
      if (inForce === undefined) return false;
      const { prices } = readConfig(inForce.json, `version ${inForce.version}`, providerProblems);
      return bestGlob(Object.keys(prices), name) !== undefined;
    }
  }
}
