#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { config } from './config.ts';
import { connect } from './connect.ts';
import { help, helpFor } from './help.ts';
import { keys } from './keys.ts';
import { type Command, type Outcome, Wrong } from './outcome.ts';
import { tenants } from './tenants.ts';

const commands: Readonly<Record<string, Command>> = { keys, tenants, config };

const common = {
  json: { type: 'boolean' },
  local: { type: 'boolean' },
  profile: { type: 'string' },
  region: { type: 'string' },
  stack: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs one operator command; the exit code is 0 when it did what was asked. */
async function main(words: readonly string[]): Promise<number> {
  const json = words.includes('--json');
  try {
    const outcome = await run(words);
    process.stdout.write(json ? `${JSON.stringify(outcome.data)}\n` : `${outcome.text}\n`);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(json ? `${JSON.stringify({ error: message })}\n` : `sluice: ${message}\n`);
    return 1;
  }
}

async function run(words: readonly string[]): Promise<Outcome> {
  // Its first operand; options may stand before it. Not strict: what is wrong with them is told below.
  const options = Object.assign({}, common, ...Object.values(commands).map((each) => each.options));
  const [name] = parseArgs({ args: [...words], options, allowPositionals: true, strict: false }).positionals;
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || command === undefined) {
    if (words.length === 0 || words.includes('--help') || words.includes('-h')) return { data: { help }, text: help };
    throw new Wrong(`there is no such command. ${help}`);
  }
  if (words.includes('--help') || words.includes('-h')) return { data: { help: helpFor(name) }, text: helpFor(name) };
  const { values, positionals } = parsed(words, command, name);
  const [, action = '', ...operands] = positionals;
  const todo = command.actions[action];
  if (todo === undefined || !Object.hasOwn(command.actions, action))
    throw new Wrong(`sluice ${name} takes one of: ${Object.keys(command.actions).join(', ')}.\n${helpFor(name)}`);
  const opened: (() => void)[] = [];
  const access = async () => {
    const { admin, close } = await connect(values);
    opened.push(close);
    return admin;
  };
  try {
    return await todo({ operands, options: values, access });
  } finally {
    for (const close of opened) close();
  }
}

function parsed(words: readonly string[], command: Command, name: string) {
  try {
    return parseArgs({ args: [...words], options: { ...common, ...command.options }, allowPositionals: true });
  } catch (error) {
    throw new Wrong(`${error instanceof Error ? error.message : error}\n${helpFor(name)}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
