import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Why a construct may break a rule of the review that `npm run synth` makes; anything else that breaks one fails it. */
export function explain(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Why a role may do something with every resource that a pattern names. */
export function explainMany(role: IConstruct, resources: readonly string[], reason: string): void {
  for (const resource of resources)
    explain(role, `IAM5[Resource::${asFound(Stack.of(role).resolve(resource))}]`, reason);
}

/** A reference as the review writes it: `<AWS::Partition>`, `<Logs38CDE1C0.Arn>`. */
function asFound(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  const { Ref, ...other } = Object(reference);
  if (Ref !== undefined) return `<${Ref}>`;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': [between, parts] = ['', []] } = other;
  return attribute === undefined ? parts.map(asFound).join(between) : `<${attribute.join('.')}>`;
}
