import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Whether a secret is there, without reading it; `unknown` where the operator may not even look. */
export type SecretLook = {
  readonly outcome: 'there' | 'missing' | 'deleted' | 'empty' | 'unknown';
  readonly reason?: string;
};

/** Looks whether secrets are there, with the operator's own credentials. */
export function lookAtSecrets(names: readonly string[]): Promise<readonly (readonly [string, SecretLook])[]> {
  const client = new SecretsManagerClient({});
  return Promise.all(names.map(async (name) => [name, await look(client, name)] as const));
}

async function look(client: SecretsManagerClient, name: string): Promise<SecretLook> {
  try {
    const { DeletedDate, VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    if (DeletedDate !== undefined) return { outcome: 'deleted' };
    const current = Object.values(VersionIdsToStages ?? {}).some((stages) => stages.includes('AWSCURRENT'));
    return { outcome: current ? 'there' : 'empty' };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { outcome: 'missing' };
    return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}
