import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../lib/config/config.ts';
import { readConfig } from '../lib/config/read.ts';
import { providerProblems } from '../lib/providers/index.ts';

/** The config that goes up with the function. */
export type DeployedConfig = {
  /** What the function reads; undefined when there is no config. */
  readonly json: string | undefined;
  /** The secrets in Secrets Manager that the config refers to, each once, in order. */
  readonly secretNames: readonly string[];
  /** Whether it names the provider that is called with the function's own role. */
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
  if (path === undefined) return { json: undefined, secretNames: [], callsBedrock: false, defaultBudgets: undefined };
  const text = readFileSync(path, 'utf8');
  const { providers, defaultBudgets } = readConfig(text, path, providerProblems);
  const names = Object.entries(providers).flatMap(([provider, { credential }]) =>
    credential === undefined ? [] : [secretName(path, provider, credential)],
  );
  // As it was written: the gateway reads and checks it again when it starts.
  return {
    json: `${JSON.stringify(parse(text) ?? {})}\n`,
    secretNames: [...new Set(names)].sort(),
    callsBedrock: providers.bedrock !== undefined && providers.bedrock.credential === undefined,
    defaultBudgets,
  };
}

/** `secret:NAME` → NAME. The message never repeats a credential: it may be the key itself. */
function secretName(path: string, provider: string, credential: string): string {
  const [, name] = /^secret:(.+)$/.exec(credential) ?? [];
  const where = `${path}: providers.${provider}.credential`;
  const instead = 'store the key in AWS Secrets Manager and write secret:NAME';
  if (credential.startsWith('env:'))
    throw new Error(`${where} is an env: credential, but a deployed gateway has no such variable; ${instead}.`);
  if (name === undefined) throw new Error(`${where} is not a reference to a secret; ${instead}.`);
  // A name that Secrets Manager allows holds no wildcard, so a grant on it covers nothing else.
  if (!/^[\w/+=.@-]{1,512}$/.test(name))
    throw new Error(`${where} names no possible secret: use letters, digits and /_+=.@- only.`);
  return name;
}
