import { CfnResource, CustomResourceProviderBase, type Stack } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/**
 * Holds the functions that CDK puts into a stack, to invoke and to empty, to what ours are held to: as CDK makes them they
 * may write to every log group of the account, and leave logs behind that are kept for ever.
 */
export function boundCdksOwn(stack: Stack, log: ILogGroup): void {
  for (const provider of stack.node.children.filter((child) => child instanceof CustomResourceProviderBase)) {
    const [handler, role] = ['Handler', 'Role'].map((id) => provider.node.findChild(id));
    if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role))
      throw new Error('What CDK puts into a stack is a function and its role.');
    handler.addPropertyOverride('Architectures', ['arm64']);
    handler.addPropertyOverride('LoggingConfig', { LogFormat: 'JSON', LogGroup: log.logGroupName });
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    provider.addToRolePolicy({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: log.logGroupArn,
    });
  }
}
