import type { DynamoDB } from '@aws-sdk/client-dynamodb';

/**
 * From now on the answers to a client's first `most` tries, refusals too, are lost on their way: what was asked is done.
 * Gives how many were lost so far.
 */
export function losingAnswers(client: DynamoDB, most = Number.POSITIVE_INFINITY): () => number {
  let lost = 0;
  client.middlewareStack.add(
    (next) => async (ask) => {
      const answer = next(ask);
      if (lost === most) return answer;
      lost++;
      await Promise.allSettled([answer]);
      throw Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET' });
    },
    // Behind the SDK's own repetition, so that each of its tries comes through here.
    { step: 'deserialize', priority: 'high', name: 'losingAnswers' },
  );
  return () => lost;
}

/** From now on a client's answers arrive again. */
export const hearingAnswers = (client: DynamoDB): boolean => client.middlewareStack.remove('losingAnswers');
