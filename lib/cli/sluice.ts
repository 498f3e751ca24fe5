#!/usr/bin/env node
import { audit } from './audit.ts';
import { cache } from './cache.ts';
import { calls } from './calls.ts';
import { config } from './config.ts';
import { connect } from './connect.ts';
import { cost } from './cost.ts';
import { doctor } from './doctor.ts';
import { forget } from './forget.ts';
import { help } from './help.ts';
import { keys } from './keys.ts';
import { didYouMean } from './nearest.ts';
import { commonOptions, positionalsOf, readOptions } from './options.ts';
import type { Command, Deed, Outcome } from './outcome.ts';
import { reconcile } from './reconcile.ts';
import { tail } from './tail.ts';
import { tenants } from './tenants.ts';
import { usage } from './usage.ts';
import { Wrong } from './wrong.ts';

const commands: Readonly<Record<string, Command>> = {
  tenants,
  keys,
  usage,
  tail,
  calls,
  reconcile,
  cache,
  forget,
  audit,
  doctor,
  config,
  cost,
};

/** Runs one operator command; the exit code is 0 when it did what was asked. */
async function main(words: readonly string[]): Promise<number> {
  const json = words.includes('--json');
  try {
    const outcome = await run(words);
    if ('said' in outcome) return 0;
    process.stdout.write(json ? `${toJson(outcome.data)}\n` : `${outcome.text}\n`);
    return outcome.failed ? 1 : 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const help = error instanceof Wrong && error.help !== undefined ? `\n${error.help}\n` : '';
    process.stderr.write(json ? `${JSON.stringify({ error: message })}\n` : `sluice: ${message}\n${help}`);
    return 1;
  }
}

/** JSON leaves the controls from 0x7f on as they are, and some terminals obey them. */
const toJson = (data: unknown): string =>
  JSON.stringify(data)?.replace(/[\x7f-\x9f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);

async function run(words: readonly string[]): Promise<Outcome> {
  const helped = words.includes('--help') || words.includes('-h');
  // Its first operand; options may stand before it. What is wrong with them is told below.
  const every = Object.assign(
    {},
    commonOptions,
    ...Object.values(commands).flatMap(({ deeds }) => Object.values(deeds).map(({ takes }) => takes)),
  );
  const [name, ...rest] = positionalsOf(words, every);
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || command === undefined) {
    if (words.length === 0 || helped) return { data: { help }, text: help };
    if (name === undefined) throw new Wrong('Name a command.', help);
    throw new Wrong(`There is no command ${JSON.stringify(name)}.${didYouMean(name, Object.keys(commands))}`, help);
  }
  if (helped) return { data: { help: command.help }, text: command.help };
  const [deed, word] = chosen(command, name, rest[0] ?? '');
  const { options, positionals } = readOptions(words, { ...commonOptions, ...deed.takes });
  const operands = positionals.slice(word === '' ? 1 : 2);
  const opened: (() => void)[] = [];
  try {
    const connection = async () => {
      const made = await connect(options);
      opened.push(made.close);
      return made;
    };
    return await deed.act({ operands, options, connect: connection });
  } finally {
    for (const close of opened) close();
  }
}

/** What a command is asked to do, and the word it was asked with. */
function chosen({ deeds, help }: Command, name: string, word: string): readonly [Deed, string] {
  const only = deeds[''];
  if (only !== undefined) return [only, ''];
  const deed = Object.hasOwn(deeds, word) ? deeds[word] : undefined;
  if (deed !== undefined) return [deed, word];
  const words = Object.keys(deeds);
  const taken = `sluice ${name} takes one of: ${words.join(', ')}.`;
  if (word === '') throw new Wrong(taken, help);
  throw new Wrong(
    `There is no command ${JSON.stringify(`${name} ${word}`)}.${didYouMean(word, words) || ` ${taken}`}`,
    help,
  );
}

process.exitCode = await main(process.argv.slice(2));
