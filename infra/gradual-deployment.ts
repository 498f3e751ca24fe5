import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { explain } from './reasons.ts';

export type GradualDeploymentProps = {
  /** What is turned to a new version at a deploy. */
  readonly live: Alias;
  /** Which turn it back when they ring. */
  readonly alarms: readonly IAlarm[];
};

/**
 * Gives a new version a tenth of all calls for five minutes, then the others, or turns back. The first deploy, which has
 * nothing to turn from, does not wait. CodeDeploy costs nothing for functions.
 */
export class GradualDeployment extends Construct {
  constructor(scope: Construct, id: string, { live, alarms }: GradualDeploymentProps) {
    super(scope, id);
    const { role } = new LambdaDeploymentGroup(this, 'Group', {
      application: new LambdaApplication(this, 'Application'),
      alias: live,
      alarms: [...alarms],
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    explain(
      role,
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      "What CodeDeploy needs is AWS's to know; of functions it may only turn aliases, and call hooks, of which there are none.",
    );
  }
}
