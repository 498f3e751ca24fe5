import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../infra/stages.ts';
import { VECTORS, VECTORS_STACK } from '../../lib/aws/stack.ts';
import { VECTORS_ENDPOINT } from '../../lib/aws/vectors-on-demand.ts';
import { logicalIds, synthesized, synthesizedWithVectors } from './synthesized.ts';

const { gateway, semanticCache } = synthesizedWithVectors();
const NAME = stageNamed().vectorsCollection;

/** A property, which is the one of its type in a template. */
const only = (template: typeof gateway, type: string) => {
  const [found, ...more] = Object.values(template.findResources(type));
  expect(more).toEqual([]);
  return found?.Properties;
};

test('without it the gateway has no variable, no permission, no output and no policy for vectors', () => {
  const without = synthesized().gateway;
  expect(JSON.stringify(without.toJSON())).not.toMatch(/aoss|OpenSearch|VECTORS|Vectors/);
  expect(logicalIds(gateway, 'AWS::OpenSearchServerless::AccessPolicy')).toHaveLength(1); // with it there is
});

describe('the vectors', () => {
  test('cost nothing while nobody asks, and not without end when many do', () => {
    expect(only(semanticCache, 'AWS::OpenSearchServerless::CollectionGroup')).toMatchObject({
      Generation: 'NEXTGEN',
      CapacityLimits: {
        MinIndexingCapacityInOcu: 0,
        MinSearchCapacityInOcu: 0,
        MaxIndexingCapacityInOcu: 4,
        MaxSearchCapacityInOcu: 4,
      },
    });
  });

  test('are a collection for searching vectors, of that group, made after what it needs', () => {
    semanticCache.hasResource('AWS::OpenSearchServerless::Collection', {
      Properties: { Name: NAME, Type: 'VECTORSEARCH', CollectionGroupName: NAME },
      DependsOn: ['Encryption', 'Group', 'Network'],
    });
    const group = only(semanticCache, 'AWS::OpenSearchServerless::CollectionGroup');
    const collection = only(semanticCache, 'AWS::OpenSearchServerless::Collection');
    expect(group.Name).toBe(NAME);
    expect(collection.StandbyReplicas).toBe(group.StandbyReplicas);
  });

  test('are encrypted with a key that costs nothing, and reached without a VPC; their dashboards are not', () => {
    const policies = Object.values(semanticCache.findResources('AWS::OpenSearchServerless::SecurityPolicy'));
    const written = policies.map(({ Properties }) => [Properties.Type, JSON.parse(Properties.Policy)]);
    const rules = [{ ResourceType: 'collection', Resource: [`collection/${NAME}`] }];
    expect(Object.fromEntries(written)).toEqual({
      encryption: { Rules: rules, AWSOwnedKey: true },
      network: [{ Rules: rules, AllowFromPublic: true }],
    });
  });

  test('know nothing of the gateway, so that either stack can be deployed first that is not there', () => {
    expect(JSON.stringify(semanticCache.toJSON())).not.toContain('gateway');
  });
});

describe('the gateway with vectors', () => {
  const endpoint = {
    'Fn::GetStackOutput': expect.objectContaining({
      StackName: 'sluice-semantic-cache',
      OutputName: expect.stringContaining('CollectionEndpoint'),
    }),
  };

  test('is told where they are', () => {
    const functions = Object.values(gateway.findResources('AWS::Lambda::Function'));
    const told = functions.flatMap(({ Properties }) => Properties.Environment?.Variables[VECTORS_ENDPOINT] ?? []);
    expect(told).toEqual([endpoint]);
  });

  test('names their stack, which tells an operator where they are', () => {
    gateway.hasOutput(VECTORS_STACK, { Value: 'sluice-semantic-cache' });
    semanticCache.hasOutput(VECTORS, { Value: { 'Fn::GetAtt': ['Vectors', 'CollectionEndpoint'] } });
  });

  test('may ask that collection and no other', () => {
    const statements: readonly { readonly Action: string; readonly Resource: unknown }[] = Object.values(
      gateway.findResources('AWS::IAM::Policy'),
    ).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const ours = statements.filter(({ Action }) => JSON.stringify(Action).includes('aoss'));
    expect(ours).toEqual([
      {
        Effect: 'Allow',
        Action: 'aoss:APIAccessAll',
        Resource: {
          'Fn::GetStackOutput': expect.objectContaining({
            StackName: 'sluice-semantic-cache',
            OutputName: expect.stringContaining('VectorsArn'),
          }),
        },
      },
    ]);
  });

  test('makes indexes, reads and writes them: its role alone, and it deletes none', () => {
    const { Name, Type, Policy } = only(gateway, 'AWS::OpenSearchServerless::AccessPolicy');
    expect([Name, Type]).toEqual([NAME, 'data']);
    const [before, role, after]: readonly unknown[] = Policy['Fn::Join'][1];
    expect(role).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^FrontDoorRole/), 'Arn'] });
    expect(JSON.parse(`${before}the role${after}`)).toEqual([
      {
        Principal: ['the role'],
        Rules: [
          {
            ResourceType: 'index',
            Resource: [`index/${NAME}/*`],
            Permission: ['aoss:DescribeIndex', 'aoss:CreateIndex', 'aoss:ReadDocument', 'aoss:WriteDocument'],
          },
        ],
      },
    ]);
  });
});
