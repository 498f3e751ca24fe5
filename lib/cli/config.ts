import { jsonSchema } from '../config/json-schema.ts';
import { readConfig } from '../config/read.ts';
import { providerProblems } from '../providers/index.ts';
import { apply, rollback } from './config-apply.ts';
import { onlyFile, textOf } from './config-file.ts';
import { remarksOn } from './config-remarks.ts';
import { diff, get, list } from './config-versions.ts';
import { type Command, none } from './outcome.ts';
import { checkPatterns } from './redaction-flags.ts';

const help = `Usage: sluice config check [FILE]
       sluice config apply [FILE] [--note TEXT]
       sluice config diff [FILE | VERSION] [VERSION]
       sluice config get [VERSION]
       sluice config list
       sluice config rollback [VERSION] [--note TEXT]
       sluice config schema > sluice.schema.json
       apply and rollback take --reason TEXT, for the audit log; without it, it is the note

  FILE is sluice.config.yaml unless it is named, here or in SLUICE_CONFIG; VERSION is a number of the list.
  check names the file, the line and the field of everything wrong, as apply does before it changes anything.
  apply makes the file a version and puts it in force: every gateway goes by it within 30 seconds, without a deploy or
  a restart. Only ledger stays what it was when a gateway started. A deploy, or a start of the gateway here, makes its
  file a version only when the file has changed since; otherwise what was applied stays in force.
  diff says what would change if the file, or that version, came into force; of two, what leads from the first to the second.
  rollback makes the content of the version before, or of the one named, a new version; a second one takes the first back.
  With the schema an editor completes the file: put # yaml-language-server: $schema=./sluice.schema.json into its first
  line.

  sluice config check sluice.config.yaml
  sluice config apply sluice.config.yaml --note "a second provider for support"
  sluice config diff 3 5
  sluice config rollback`;

/** `sluice config`: the configuration file, and the versions that were made of it. */
export const config: Command = {
  help,
  deeds: {
    check: {
      takes: {},
      act: async ({ operands }) => {
        const file = onlyFile(operands, 'check');
        const found = readConfig(textOf(file, 'check'), file, providerProblems);
        const { providers, prices, models } = found;
        await checkPatterns(found.redaction);
        const remarks = remarksOn(found);
        const counts = `${Object.keys(providers).length} providers, ${Object.keys(models).length} models and routes, ${Object.keys(prices).length} prices`;
        return {
          data: { file, ok: true, providers: Object.keys(providers), remarks },
          text: [`${file} is right: ${counts}.`, ...remarks].join('\n'),
        };
      },
    },

    apply,
    diff,
    get,
    list,
    rollback,

    schema: {
      takes: {},
      act: async ({ operands }) => {
        none(operands);
        return { data: jsonSchema(), text: JSON.stringify(jsonSchema(), null, 2) };
      },
    },
  },
};
