import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { explainMany } from './reasons.ts';

/**
 * Every model and inference profile of the account: which of them a key may call is said in table Access and in the
 * configuration, and changes without a deploy. A profile needs the models behind it too, in each region it may go to.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function grantModels(role: Role): void {
  const { partition, account } = Stack.of(role);
  const models = [
    `arn:${partition}:bedrock:*::foundation-model/*`,
    `arn:${partition}:bedrock:*:${account}:inference-profile/*`,
    `arn:${partition}:bedrock:*:${account}:application-inference-profile/*`,
  ];
  const actions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
  role.addToPolicy(new PolicyStatement({ actions, resources: models }));
  // A guardrail that may be judged in other regions needs its profile, too.
  const guardrails = ['guardrail/*', 'guardrail-profile/*'].map(
    (name) => `arn:${partition}:bedrock:*:${account}:${name}`,
  );
  role.addToPolicy(new PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources: guardrails }));
  explainMany(
    role,
    [...models, ...guardrails],
    'Which models and guardrails are called is said in table Access and in the configuration, and changes without a deploy; a profile goes to regions of its own choice.',
  );
}

/** Every secret whose name begins as the installation's own do, so that a provider can be added without a deploy, and others by their names. */
export function grantSecrets(role: Role, ownNames: string, names: readonly string[]): void {
  const arn = (resourceName: string) =>
    Stack.of(role).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const own = arn(`${ownNames}*`);
  // Six characters of Secrets Manager's own follow a name.
  const others = names.filter((name) => !name.startsWith(ownNames)).map((name) => arn(`${name}-??????`));
  role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [own, ...others] }));
  explainMany(role, [own], 'So that a provider can be added without a deploy; no secret of another name is read.');
}
