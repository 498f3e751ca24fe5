import { existsSync, readFileSync } from 'node:fs';
import type { Deployed } from '../aws/stack.ts';
import { readConfig } from '../config/read.ts';
import { writtenBudgets } from '../config/told-budgets.ts';
import { type Budgets, deployedBudgets } from '../ledger/limits.ts';
import { providerProblems } from '../providers/index.ts';
import { notCaptured } from './capture-flags.ts';
import { type Check, problemsIn } from './check.ts';
import { checkFlags, checksOf } from './checks.ts';
import { configFile } from './config-file.ts';
import type { Connection } from './connect.ts';
import { budgetsText } from './describe.ts';
import { type Findings, findingsIn, type Problem } from './findings.ts';
import { guardProblems } from './guard-remarks.ts';
import { type Ask, type Command, none, type Outcome } from './outcome.ts';
import { bad, good } from './table.ts';
import { Wrong } from './wrong.ts';

const help = `Usage: sluice doctor [--strict] [--url BASE_URL] [--model PROVIDER/MODEL] [--key-env NAME]

  Asks the gateway, from outside: whether it answers at its base URL (its stack's, the one that runs here, or each
  --url), whether its clock and this one agree, whether it goes by the version of the configuration in force; deployed,
  whether the secrets are there that it names. With a key in SLUICE_KEY, or the variable --key-env names, also whether
  the key gets in, each --model answers, and what it streams comes as it is said. Without --model that is asked of
  sluice/echo, where the gateway has it: it costs nothing.
  Looks at the tables: whether they can be reached, whether every tenant and key can be read, which tenants and keys
  have no cap in dollars, which keys lead nowhere, and which tenants name guardrails that are not there. Says what to write where something is wrong.
  A tenant that sets no budgets has the gateway's defaults; the doctor says which. A key without a cap of its own, or
  one its tenant gives each key, is listed; it is a problem only where its tenant has no cap either.
  A tenant whose prompts and answers are to be kept is one where there is no place for them.
  The exit code is 0 when it could look, whatever it found; with --strict it is 1 when it found anything.

  sluice doctor --local
  SLUICE_KEY=sk-sluice-… sluice doctor --model lab/small-model
  sluice doctor --strict --json`;

/** `sluice doctor`: what an operator should know. */
export const doctor: Command = { help, deeds: { '': { takes: { strict: 'switch', ...checkFlags }, act } } };

async function act({ connect, operands, options }: Ask): Promise<Outcome> {
  none(operands);
  const connection = await connect();
  const lost = await connection.unreached();
  const access = lost.find(({ table }) => table === 'access');
  if (access !== undefined) throw new Wrong(`The table ${access.name} cannot be read: ${access.reason}`);
  const { defaults, guardrails, problems: configured } = await configuredFor(connection);
  const items = await connection.admin.items();
  const found = findingsIn(items, defaults);
  const checks = await checksOf(connection, options);
  const problems: readonly Problem[] = [
    ...problemsIn(checks),
    ...lost.map(
      ({ name, reason }): Problem => ({
        kind: 'unreachable',
        item: name,
        message: `The table ${name} cannot be read: ${reason}`,
      }),
    ),
    ...configured,
    ...found.problems,
    ...(connection.captures === undefined ? notCaptured(items) : []),
    ...(guardrails === undefined ? [] : guardProblems(items, guardrails)),
  ];
  const ok = problems.length === 0;
  return {
    data: { ok, defaultBudgets: writtenBudgets(defaults), ...found, problems, checks },
    text: `${looked(checks)}\n${report({ ...found, problems }, defaults)}`,
    failed: options.has('strict') && !ok,
  };
}

/** What the configuration means for tenants. */
type Configured = {
  /** The budgets of those that set none. */
  readonly defaults: Budgets;
  /** The names of its guardrails; undefined where nobody can tell. */
  readonly guardrails?: readonly string[];
  readonly problems: readonly Problem[];
};

/** What the version in force says; before the first one, here the file, on AWS what the stack tells. */
async function configuredFor(connection: Connection): Promise<Configured> {
  const { config: store, deployed } = connection;
  const usual = deployed === undefined ? {} : deployedBudgets;
  try {
    const inForce = await store.inForce();
    if (inForce === undefined) return deployed === undefined ? inFile() : inStack(deployed);
    const config = readConfig(inForce.json, `version ${inForce.version}`, providerProblems);
    const { defaultBudgets = usual, guardrails = {} } = config;
    return { defaults: defaultBudgets, guardrails: Object.keys(guardrails), problems: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { defaults: usual, problems: [{ kind: 'config', item: 'the version in force', message }] };
  }
}

function inStack({ stack, defaultBudgets }: Deployed): Configured {
  if (defaultBudgets !== undefined) return { defaults: defaultBudgets, problems: [] };
  const message = `The stack ${stack} does not tell its default budgets, so that the usual ones are assumed. Deploy it again.`;
  return { defaults: deployedBudgets, problems: [{ kind: 'config', item: stack, message }] };
}

function inFile(): Configured {
  const file = configFile(undefined);
  if (!existsSync(file)) return { defaults: {}, guardrails: [], problems: [] };
  try {
    const { defaultBudgets = {}, guardrails = {} } = readConfig(readFileSync(file, 'utf8'), file, providerProblems);
    return { defaults: defaultBudgets, guardrails: Object.keys(guardrails), problems: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { defaults: {}, problems: [{ kind: 'config', item: file, message }] };
  }
}

/** What was looked at from outside and is well, or could not be told; what is wrong stands among the problems. */
const looked = (checks: readonly Check[]): string =>
  checks
    .flatMap(({ about, item, outcome, message }) =>
      outcome === 'wrong' ? [] : [`${outcome === 'ok' ? good(about) : about}  ${plain(`${item}: ${message}`)}`],
    )
    .join('\n');

function report({ problems, tenantsWithoutCap, keysWithoutCap }: Findings, defaults: Budgets): string {
  const assumed = `Tenants that set no budgets have the gateway's defaults: ${budgetsText(writtenBudgets(defaults))}.`;
  const keys =
    keysWithoutCap.length === 0 ? [] : [`Keys without a cap of their own: ${keysWithoutCap.map(plain).join(', ')}.`];
  if (problems.length === 0)
    return [good('All is well: every tenant and key can be read, and every tenant has a cap.'), ...keys, assumed].join(
      '\n',
    );
  return [
    ...problems.map(({ kind, message }) => `${bad(kind)}  ${plain(message)}`),
    '',
    `${problems.length} found; without a cap: ${tenantsWithoutCap.length} tenants, ${keysWithoutCap.length} keys.`,
    ...keys,
    assumed,
  ].join('\n');
}

const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ');
