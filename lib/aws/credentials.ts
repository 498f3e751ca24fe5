import type { Credentials } from './signature.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What this process signs with: what the environment holds, as Lambda's does, and else what the SDK finds, which it
 * renews. The SDK is loaded for that alone, so that a function does not wait for it.
 */
export function credentialsIn(env: Environment, found: () => Promise<Credentials> = bySdk()) {
  return (): Credentials | Promise<Credentials> => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env;
    return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken: AWS_SESSION_TOKEN } : found();
  };
}

/** A container's, an instance's, or those of a person's files: by the client's own way to them, which remembers them. */
function bySdk(): () => Promise<Credentials> {
  let opened: Promise<() => Promise<Credentials>> | undefined;
  return async () => {
    opened ??= import('@aws-sdk/client-dynamodb').then(
      ({ DynamoDBClient }) => new DynamoDBClient({}).config.credentials,
    );
    return (await opened)();
  };
}
