import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { toConfig } from '../config/schema.ts';
import { deployedBudgets } from '../ledger/limits.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Completes a configuration by what is known of providers, of which this folder knows nothing; throws for what is wrong with them. */
export type WithProviders = (config: Config, env: Environment) => Config;

/** Reads JSON as the configuration of a deployed gateway; throws for what it cannot use. */
export function deployedParser(env: Environment, withProviders: WithProviders): (json: string) => Config {
  return (json) => {
    const read = toConfig(JSON.parse(json));
    if ('problems' in read)
      throw new Error(
        `The configuration cannot be used: ${read.problems.map(({ path, problem }) => `${path.join('.')} ${problem}`).join('; ')}`,
      );
    return withProviders({ defaultBudgets: deployedBudgets, ...read.config }, env);
  };
}

/** The configuration that was deployed with the function, which holds while there is no version; an empty one without a file. */
export const bundledJson = (path: string | undefined): string => (path ? readFileSync(path, 'utf8') : '{}');
