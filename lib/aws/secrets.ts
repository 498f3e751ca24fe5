import { GatewayError } from '../errors.ts';
import type { Secrets } from '../world.ts';

/** How long a secret is used before it is read again: what a rotation may take to arrive. */
const REMEMBERED_MS = 300_000;

/** What the process itself is to AWS: no provider's key, whatever a configuration says. */
const OWN_CREDENTIALS = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN', // for which a container, or a snapshot, is given all three
]);

type Read = (name: string) => Promise<string>;

/** Provider credentials: `env:NAME` from this process's environment, `secret:NAME` from Secrets Manager, which is loaded with the first one. */
export function awsSecrets(
  env: Readonly<Record<string, string | undefined>>,
  now: () => number,
  read: Read = fromSecretsManager,
): Secrets {
  const known = new Map<string, { readonly until: number; readonly value: Promise<string> }>();
  const remember = (name: string): Promise<string> => {
    const entry = known.get(name);
    if (entry !== undefined && entry.until > now()) return entry.value;
    const fresh = { until: now() + REMEMBERED_MS, value: read(name) };
    known.set(name, fresh);
    fresh.value.catch(() => known.delete(name));
    return fresh.value;
  };
  return {
    async reveal(reference) {
      const at = reference.indexOf(':');
      const name = reference.slice(at + 1);
      if (reference.slice(0, at) === 'secret') {
        try {
          return await remember(name);
        } catch (cause) {
          throw missing(`The secret ${name} cannot be read from Secrets Manager.`, cause);
        }
      }
      const value = OWN_CREDENTIALS.has(name) ? undefined : env[name];
      if (value === undefined || value === '')
        throw missing(`The environment variable ${name}, which should hold a provider's key, is not set.`);
      return value;
    },
  };
}

async function fromSecretsManager(name: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: name }));
  if (SecretString === undefined) throw new Error(`The secret ${name} holds no text.`);
  return SecretString.trim();
}

const missing = (message: string, cause?: unknown) => new GatewayError('provider_credentials', { message, cause });
