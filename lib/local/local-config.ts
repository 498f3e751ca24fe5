import { existsSync, readFileSync } from 'node:fs';
import type { ConfigStore } from '../aws/config-store.ts';
import type { Config } from '../config/config.ts';
import { type Content, toContent } from '../config/content.ts';
import { ConfigError, readConfig } from '../config/read.ts';
import { wrongBase } from '../config/schema.ts';
import { providerProblems, switchedOn } from '../providers/index.ts';
import { ECHO_BASE_URL } from './echo.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_FILE = 'sluice.config.yaml';

/** What the configuration file says, or nothing where there is none. Throws for one that cannot be used, with every line that is wrong. */
export function fileContent(env: Environment): Content {
  const file = env.SLUICE_CONFIG || (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (file === undefined) return toContent('');
  const text = readFileSync(file, 'utf8');
  readConfig(text, file, providerProblems);
  return toContent(text);
}

/** Reads a version as the configuration of a gateway here: with the providers whose keys are in the environment, and the model that needs none. */
export function localParser(env: Environment): (json: string) => Config {
  return (json) => {
    const config = switchedOn(readConfig(json, 'the version in force', providerProblems), env);
    for (const [name, { baseUrl, allowPrivate }] of Object.entries(config.providers)) {
      // A file's addresses have been checked; those in the environment come here unchecked.
      const problem = baseUrl === undefined ? undefined : wrongBase(baseUrl, allowPrivate === true);
      if (problem !== undefined)
        throw new ConfigError(`The address of ${name} in the environment, ${JSON.stringify(baseUrl)}, ${problem}.`);
    }
    const echo = { kind: 'openai-compatible', baseUrl: ECHO_BASE_URL } as const;
    return { ...config, providers: { ...config.providers, sluice: echo } };
  };
}

/** The configuration to start with: a changed file first becomes a version, and then holds what is in force. Where this code cannot use that, it is the file's. */
export async function startingConfig(
  store: Pick<ConfigStore, 'adopt' | 'inForce'>,
  content: Content,
  parse: (json: string) => Config,
): Promise<Config> {
  const written = parse(content.json);
  await store.adopt(content, 'file');
  const inForce = await store.inForce();
  if (inForce === undefined) return written;
  try {
    return { ...parse(inForce.json), version: inForce.version };
  } catch {
    return written; // the gateway says why, when it reads it again
  }
}
