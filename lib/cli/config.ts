import { readFileSync } from 'node:fs';
import { jsonSchema } from '../config/json-schema.ts';
import { readConfig } from '../config/read.ts';
import { providerProblems } from '../providers/index.ts';
import { type Command, Wrong } from './outcome.ts';

/** `sluice config`: the configuration file, before it is used. */
export const config: Command = {
  options: {},
  actions: {
    async check({ operands }) {
      const [file = process.env.SLUICE_CONFIG || 'sluice.config.yaml', ...more] = operands;
      if (more.length > 0) throw new Wrong('Name one file: sluice config check sluice.config.yaml');
      const { providers, prices, models } = readConfig(textOf(file), file, providerProblems);
      const counts = `${Object.keys(providers).length} providers, ${Object.keys(models).length} aliases, ${Object.keys(prices).length} prices`;
      return { data: { file, ok: true, providers: Object.keys(providers) }, text: `${file} is right: ${counts}.` };
    },

    async schema() {
      return { data: jsonSchema(), text: JSON.stringify(jsonSchema(), null, 2) };
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
