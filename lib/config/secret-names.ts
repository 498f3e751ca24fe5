import type { Config } from './config.ts';
import { ConfigError } from './read.ts';

/** What the names of secrets begin with that a deployed gateway may read whatever its deploy named, where it has no stage of its own. */
export const OWN_SECRETS = 'sluice/';

/** The secrets that a deployed gateway's configuration refers to, each once, in order; throws for a credential it cannot have. */
export function secretNames({ providers }: Config, file: string): readonly string[] {
  const names = Object.entries(providers).flatMap(([provider, { credential }]) =>
    credential === undefined ? [] : [secretName(`${file}: providers.${provider}.credential`, credential)],
  );
  return [...new Set(names)].sort();
}

/** `secret:NAME` → NAME. The message never repeats a credential: it may be the key itself. */
function secretName(where: string, credential: string): string {
  const [, name] = /^secret:(.+)$/.exec(credential) ?? [];
  const instead = 'store the key in AWS Secrets Manager and write secret:NAME';
  if (credential.startsWith('env:'))
    throw new ConfigError(`${where} is an env: credential, but a deployed gateway has no such variable; ${instead}.`);
  if (name === undefined) throw new ConfigError(`${where} is not a reference to a secret; ${instead}.`);
  // A name that Secrets Manager allows holds no wildcard, so a grant on it covers nothing else.
  if (!/^[\w/+=.@-]{1,512}$/.test(name))
    throw new ConfigError(`${where} names no possible secret: use letters, digits and /_+=.@- only.`);
  return name;
}
