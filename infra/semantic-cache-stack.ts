import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnCollection, CfnCollectionGroup, CfnSecurityPolicy } from 'aws-cdk-lib/aws-opensearchserverless';
import type { Construct } from 'constructs';
import { VECTORS } from '../lib/aws/stack.ts';

export type SemanticCacheStackProps = StackProps & {
  /** The name of the collection, which no other in the account and region has. */
  readonly collectionName: string;
};

/** The most that a busy cache may cost: 4 OCU for what is added, 4 for what is looked for. */
const MOST_OCU = 4;

/** Where questions are found by what they mean. It can be thrown away: then they are asked anew. */
export class SemanticCacheStack extends Stack {
  readonly collection: CfnCollection;

  constructor(scope: Construct, id: string, { collectionName: name, ...props }: SemanticCacheStackProps) {
    super(scope, id, props);
    const group = new CfnCollectionGroup(this, 'Group', {
      name,
      description: 'Sluice: capacity of the semantic cache',
      // The one generation that costs nothing while nobody asks; it then takes half a minute to wake.
      // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scale-to-zero.html
      generation: 'NEXTGEN',
      standbyReplicas: 'ENABLED', // as that page has it: two workers search, in two zones
      capacityLimits: {
        minIndexingCapacityInOcu: 0,
        minSearchCapacityInOcu: 0,
        maxIndexingCapacityInOcu: MOST_OCU,
        maxSearchCapacityInOcu: MOST_OCU,
      },
    });
    const encryption = this.policy('Encryption', name, { Rules: [ofCollection(name)], AWSOwnedKey: true });
    // Public, as the tables' endpoints are: a function outside a VPC reaches it no other way. IAM and the data access
    // policy let in the gateway's role and nobody else. The dashboards stay closed.
    const network = this.policy('Network', name, [{ Rules: [ofCollection(name)], AllowFromPublic: true }]);
    this.collection = new CfnCollection(this, 'Vectors', {
      name,
      description: 'Sluice: questions of the semantic cache, as vectors',
      type: 'VECTORSEARCH',
      collectionGroupName: group.name,
      standbyReplicas: group.standbyReplicas,
    });
    // A name is no reference, and a collection without the policy for its encryption is refused.
    for (const first of [group, encryption, network]) this.collection.addResourceDependency(first);
    // Whoever imports it: CloudFormation refuses to drop an export while a Web Function of yesterday still uses it.
    this.exportValue(this.collection.attrCollectionEndpoint);
    new CfnOutput(this, VECTORS, { value: this.collection.attrCollectionEndpoint });
  }

  private policy(kind: 'Encryption' | 'Network', name: string, policy: object): CfnSecurityPolicy {
    return new CfnSecurityPolicy(this, kind, { name, type: kind.toLowerCase(), policy: JSON.stringify(policy) });
  }
}

const ofCollection = (name: string) => ({ ResourceType: 'collection', Resource: [`collection/${name}`] });
