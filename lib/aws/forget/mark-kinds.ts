import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { kinds } from '../../redaction/finding.ts';
import { accessAdmin } from '../access-admin.ts';
import type { TableNames } from '../tables.ts';
import type { MarkKinds } from './captures-part.ts';

/** The kinds that the house knows, and the names of the patterns that a tenant and its features have now. */
export function markKinds(client: DynamoDB, names: TableNames): MarkKinds {
  const { tenant } = accessAdmin(client, names);
  return async (name) => {
    const { redaction, features = {} } = (await tenant(name))?.attributes ?? {};
    const policies = [redaction, ...Object.values(features).map((feature) => feature.redaction)];
    return [...kinds, ...policies.flatMap((policy) => Object.keys(policy?.patterns ?? {}))];
  };
}
