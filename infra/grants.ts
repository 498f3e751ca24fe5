import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { OWN_SECRETS } from '../lib/config/secret-names.ts';

/**
 * Every model and inference profile of the account: which of them a key may call is said in table Access and in the
 * configuration, and changes without a deploy. A profile needs the models behind it too, in each region it may go to.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function grantModels({ partition, account }: Stack, role: Role): void {
  const resources = [
    `arn:${partition}:bedrock:*::foundation-model/*`,
    `arn:${partition}:bedrock:*:${account}:inference-profile/*`,
    `arn:${partition}:bedrock:*:${account}:application-inference-profile/*`,
  ];
  role.addToPolicy(
    new PolicyStatement({ actions: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], resources }),
  );
  // A guardrail that may be judged in other regions needs its profile, too.
  const guardrails = ['guardrail/*', 'guardrail-profile/*'].map(
    (name) => `arn:${partition}:bedrock:*:${account}:${name}`,
  );
  role.addToPolicy(new PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources: guardrails }));
}

/** Every secret named `sluice/…`, so that a provider can be added without a deploy. */
export function grantSecrets(stack: Stack, role: Role): void {
  const resourceName = `${OWN_SECRETS}*`;
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  const resource = stack.formatArn({ service: 'secretsmanager', resource: 'secret', resourceName, arnFormat });
  role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [resource] }));
}
