import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { logicalIds, synthesized } from './synthesized.ts';

const { gateway } = synthesized();
const atOnce = synthesized({ gradual: false }).gateway;

test('a new version gets a tenth of all calls for five minutes, and is taken back when the gateway itself fails', () => {
  gateway.hasResource('AWS::Lambda::Alias', {
    Properties: { Name: 'live' },
    UpdatePolicy: {
      CodeDeployLambdaAliasUpdate: {
        DeploymentGroupName: { Ref: Match.stringLikeRegexp('^GradualDeploymentGroup') },
      },
    },
  });
  gateway.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    AlarmConfiguration: {
      Enabled: true,
      Alarms: ['^AlarmsCrashes', '^AlarmsOwnErrors'].map((id) => ({ Name: { Ref: Match.stringLikeRegexp(id) } })),
    },
    AutoRollbackConfiguration: { Enabled: true, Events: Match.arrayWith(['DEPLOYMENT_STOP_ON_ALARM']) },
  });
});

test('what takes a version back is no failure of a provider, and one failure alone is not enough', () => {
  const rolling = Object.entries(gateway.findResources('AWS::CloudWatch::Alarm'))
    .filter(([id]) => /^Alarms(Crashes|OwnErrors)/.test(id))
    .map(([, { Properties }]) => Properties);
  expect(rolling.map(({ MetricName }) => MetricName)).toEqual(['Errors', 'GatewayErrors']);
  for (const properties of rolling)
    expect(properties).toMatchObject({
      Period: 60,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 2,
      Threshold: 1,
      AlarmActions: [{ 'Fn::ImportValue': expect.stringContaining('OutputRefAlerts') }],
    });
});

test('an old version stays for the streams that go on in it, and one whose deploy failed does not', () => {
  gateway.hasResource('AWS::Lambda::Version', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { FunctionName: { Ref: 'FrontDoorFunction439ACAB5' } },
  });
});

test('where nobody wants to wait, all calls go to the new version at once', () => {
  expect(logicalIds(atOnce, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  atOnce.hasResource('AWS::Lambda::Alias', { Properties: { Name: 'live' }, UpdatePolicy: Match.absent() });
});
