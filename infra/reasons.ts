import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Why a construct may break a rule of the review that `npm run synth` makes; anything else that breaks one fails it. */
export function explain(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Why a role may do something with every resource that a pattern names. */
export function explainMany(role: IConstruct, resources: readonly string[], reason: string): void {
  // Only when all is made: until then what belongs to another stack has not got the words by which this one knows it.
  role.node.addValidation({
    validate: () => {
      for (const resource of resources)
        explain(role, `IAM5[Resource::${asFound(Stack.of(role).resolve(resource))}]`, reason);
      return [];
    },
  });
}

/** A reference as the review writes it: `<AWS::Partition>`, `<Logs38CDE1C0.Arn>`, the name of an import. */
function asFound(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  const { Ref, ...other } = Object(reference);
  if (Ref !== undefined) return `<${Ref}>`;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': joined, 'Fn::ImportValue': imported } = other;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (imported !== undefined) return asFound(imported);
  return joined === undefined ? JSON.stringify(reference) : joined[1].map(asFound).join(joined[0]);
}
