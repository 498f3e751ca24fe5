import { readFileSync } from 'node:fs';
import { jsonSchema } from '../config/json-schema.ts';
import { readConfig } from '../config/read.ts';
import { providerProblems } from '../providers/index.ts';
import { type Command, none } from './outcome.ts';
import { setting } from './setting.ts';
import { Wrong } from './wrong.ts';

const help = `Usage: sluice config check [FILE]
       sluice config schema > sluice.schema.json

  check names the file, the line and the field of everything wrong. With the schema an editor completes the file:
  put # yaml-language-server: $schema=./sluice.schema.json into its first line.

  sluice config check sluice.config.yaml`;

/** `sluice config`: the configuration file, before it is used. */
export const config: Command = {
  help,
  deeds: {
    check: {
      takes: {},
      act: async ({ operands }) => {
        const [file = setting('SLUICE_CONFIG') || 'sluice.config.yaml', ...more] = operands;
        if (more.length > 0) throw new Wrong('Name one file: sluice config check sluice.config.yaml');
        const { providers, prices, models } = readConfig(textOf(file), file, providerProblems);
        const counts = `${Object.keys(providers).length} providers, ${Object.keys(models).length} aliases, ${Object.keys(prices).length} prices`;
        return { data: { file, ok: true, providers: Object.keys(providers) }, text: `${file} is right: ${counts}.` };
      },
    },

    schema: {
      takes: {},
      act: async ({ operands }) => {
        none(operands);
        return { data: jsonSchema(), text: JSON.stringify(jsonSchema(), null, 2) };
      },
    },
  },
};

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Wrong(`There is no file ${file}. Name one: sluice config check FILE`);
  }
}
