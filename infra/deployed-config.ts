import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../lib/config/config.ts';
import { type Content, toContent } from '../lib/config/content.ts';
import { readConfig } from '../lib/config/read.ts';
import { secretNames } from '../lib/config/secret-names.ts';
import { providerProblems } from '../lib/providers/index.ts';

/** The config that goes up with the function. */
export type DeployedConfig = {
  /** What goes up; without a file it is empty. */
  readonly content: Content;
  /** The secrets in Secrets Manager that the config refers to, each once, in order. */
  readonly secretNames: readonly string[];
  /** Whether the provider that is called with the function's own role is on, and needs no key. */
  readonly callsBedrock: boolean;
  /** The budgets of tenants that set none; undefined where it says nothing of them. */
  readonly defaultBudgets: Config['defaultBudgets'];
};

/** The config file of a project: the one asked for, else `sluice.config.yaml` or `.json` at its root, else none. */
export function configFile(root: string, asked: unknown): string | undefined {
  if (asked === undefined)
    return ['sluice.config.yaml', 'sluice.config.json'].map((name) => resolve(root, name)).find(existsSync);
  if (typeof asked !== 'string' || asked === '')
    throw new Error('The context value config is the path of a config file: -c config=PATH.');
  const path = resolve(root, asked);
  if (!existsSync(path)) throw new Error(`There is no config file ${path}; correct -c config=${asked}.`);
  return path;
}

/** Reads a config file for the cloud; throws when it asks for what a deployed gateway does not have. */
export function deployedConfig(path: string | undefined): DeployedConfig {
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  const config = readConfig(text, path ?? '', providerProblems);
  const { providers, off = [], defaultBudgets } = config;
  return {
    // As it was written: the gateway reads and checks it again when it starts.
    content: toContent(text),
    secretNames: secretNames(config, path ?? ''),
    callsBedrock: !off.includes('bedrock') && providers.bedrock?.credential === undefined,
    defaultBudgets,
  };
}
