import type { Author } from './stamp.ts';

const PATIENCE_MS = 5_000;

/** Who calls AWS here, by ARN. Where that cannot be told, a change is made all the same: a key must be revocable while STS is away. */
export async function awsCaller(): Promise<Author['by']> {
  // Only a command that changes something asks.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ maxAttempts: 2 });
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(PATIENCE_MS),
    });
    return Arn ?? 'unknown (STS told no ARN; CloudTrail has the caller)';
  } catch (error) {
    return `unknown (STS: ${error instanceof Error ? error.message : error}; CloudTrail has the caller)`;
  } finally {
    client.destroy();
  }
}
