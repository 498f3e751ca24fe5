import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * What may be done with items under some partition keys alone: of calls a record is never changed, only what is said of
 * their sums. A request that names no key would pass `ForAllValues`, so there must be one.
 */
export function onKeys({ tableArn }: ITableV2, actions: string[], ...keys: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });
}
