import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Whose key tables are encrypted with: DynamoDB's (free), the account's `aws/dynamodb`, or one of the operator's own. */
export type TablesKey = 'aws-owned' | 'aws-managed' | 'customer';

const kinds: readonly string[] = ['aws-owned', 'aws-managed', 'customer'] satisfies readonly TablesKey[];
const isKind = (asked: unknown): asked is TablesKey => kinds.some((kind) => kind === asked);

/** What `-c tablesKey=customer`, or the same in cdk.json, asks for. */
export function tablesKeyAsked(asked: unknown = 'aws-owned'): TablesKey {
  if (isKind(asked)) return asked;
  throw new Error(`The context value tablesKey is ${kinds.join(', ')}; not ${JSON.stringify(asked)}.`);
}

/** What encrypts a table with a key of that kind; of a customer's kind it makes the one key for all of them. */
export function encryptionOf(scope: Construct, kind: TablesKey): (table: TableV2) => void {
  if (kind === 'aws-owned') return () => {};
  const key = kind === 'customer' ? ownKey(scope) : undefined;
  return (table) => {
    // Past TableV2, which names a key of one's own in stacks of a fixed region only.
    const resource = table.node.defaultChild;
    if (!CfnResource.isCfnResource(resource)) throw new Error('A table is one resource.');
    resource.addPropertyOverride('SSESpecification', { SSEEnabled: true, SSEType: 'KMS' });
    if (key) resource.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: key.keyArn });
  };
}

function ownKey(scope: Construct): Key {
  const key = new Key(scope, 'TablesKey', {
    description: 'Sluice: tables',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN, // without it nobody can read them again
  });
  // Who may use a table may use its key by way of it, as with the account's own key: else each role would need both.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  const { account, region } = Stack.of(scope);
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ],
      resources: ['*'], // the key itself, whose policy this is
      conditions: {
        StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `dynamodb.${region}.amazonaws.com` },
      },
    }),
  );
  return key;
}
