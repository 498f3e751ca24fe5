import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnAccessPolicy, type CfnCollection } from 'aws-cdk-lib/aws-opensearchserverless';
import { Construct } from 'constructs';

export type VectorsAccessProps = {
  readonly collection: CfnCollection;
  /** The name of the policy. */
  readonly name: string;
  /** Who may look for vectors, add them and take them away. */
  readonly role: Role;
};

/** Lets a role, and nobody else, at the vectors. It is of the gateway's stack, so that the vectors' need not know the role. */
export class VectorsAccess extends Construct {
  constructor(scope: Construct, id: string, { collection, name, role }: VectorsAccessProps) {
    super(scope, id);
    // Both are needed: IAM lets requests come to the collection, the data access policy says what they may do there.
    role.addToPolicy(new PolicyStatement({ actions: ['aoss:APIAccessAll'], resources: [collection.attrArn] }));
    const permissions = ['aoss:DescribeIndex', 'aoss:CreateIndex', 'aoss:ReadDocument', 'aoss:WriteDocument'];
    const rule = { ResourceType: 'index', Resource: [`index/${collection.name}/*`], Permission: permissions };
    new CfnAccessPolicy(this, 'Policy', {
      name,
      description: 'Sluice: the gateway reads and writes vectors',
      type: 'data',
      policy: Stack.of(this).toJsonString([{ Rules: [rule], Principal: [role.roleArn] }]),
    });
  }
}
