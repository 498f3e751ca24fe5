import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  logicalIds,
  synthesized,
  synthesizedWithCaptures,
  synthesizedWithVectors,
  synthesizedWithWeb,
  synthesizedWithWebOverAll,
  warningsIn,
} from './synthesized.ts';

const { web, gateway } = synthesizedWithWeb();

const statementsOf = (template: typeof web, role: RegExp) =>
  Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => role.test(id))
    .flatMap(([, { Properties }]): readonly unknown[] => Properties.PolicyDocument.Statement);

describe('the gateway for many streams at once', () => {
  test('is a Web Function on Node 24 that runs for as long as Lambda allows, and checks keys itself', () => {
    web.hasResourceProperties('AWS::Lambda::WebFunctionRevision', {
      BuildConfig: { RuntimeConfig: { Runtime: 'nodejs24.x' } },
      ServiceConfig: Match.objectLike({
        TimeoutSeconds: 900,
        TelemetryConfig: { LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Logs') } } },
      }),
    });
    web.hasResourceProperties('AWS::Lambda::WebFunctionEndpoint', { AuthType: 'ApplicationManaged' });
    web.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    web.hasOutput('BaseUrl', {
      Value: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': ['WebEndpoint199463CD', 'DomainName'] }, '/v1']] },
    });
  });

  test('is told of the same tables and the same configuration, by names that its stack knows', () => {
    const [revision] = Object.values(web.findResources('AWS::Lambda::WebFunctionRevision'));
    const told = revision?.Properties.ServiceConfig.EnvironmentVariables;
    for (const [name, variable] of [
      ['Access', 'SLUICE_TABLE_ACCESS'],
      ['Counters', 'SLUICE_TABLE_COUNTERS'],
      ['Cache', 'SLUICE_TABLE_CACHE'],
      ['Calls', 'SLUICE_TABLE_CALLS'],
      ['Alerts', 'SLUICE_ALERTS_TOPIC'],
    ] as const)
      expect(told[variable]).toEqual({ 'Fn::ImportValue': expect.stringContaining(`OutputRef${name}`) });
    expect(told).toMatchObject({
      SLUICE_CONFIG: '/var/task/sluice.config.json',
      OTEL_TRACES_EXPORTER: 'none',
      AWS_LAMBDA_NODEJS_ENTRYPOINT: 'index.mjs',
    });
    // CDK copies them, to know a new revision: a reference there would be to a resource that this stack does not have.
    const [copy] = Object.values(web.findResources('Custom::S3ObjectCopy'));
    expect(copy?.Properties.Configuration.ServiceConfig.EnvironmentVariables).toEqual(told);
  });

  test('may do what the function may, but for writing traces, and write its own log', () => {
    const own = (statement: unknown) => !/xray:|logs:/.test(JSON.stringify(statement));
    const ofFunction = statementsOf(gateway, /^FrontDoorRole/).filter(own);
    const ofWeb = statementsOf(web, /^Role/).filter(own);
    expect(ofFunction.length).toBeGreaterThan(8);
    expect(ofWeb).toEqual(ofFunction);
  });

  test('imports only what is exported whether it is there or not: else no stack that it is built on could change while it stands', () => {
    const { web: onAll } = synthesizedWithWebOverAll();
    const imports = [...JSON.stringify(onAll.toJSON()).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(
      ([, name]) => name,
    );
    const without = [synthesized().state, synthesizedWithCaptures().captures, synthesizedWithVectors().semanticCache];
    const exported = without.flatMap((template) =>
      Object.values(template.findOutputs('*')).map(({ Export }) => Export?.Name),
    );
    for (const stack of ['state', 'captures', 'semantic-cache'])
      expect(imports).toContainEqual(expect.stringMatching(`^sluice-${stack}:`));
    expect(imports.filter((name) => !exported.includes(name))).toEqual([]);
  });

  test('brings functions of CDK that may log to one place alone, where it is kept for a time', () => {
    const functions = Object.values(web.findResources('AWS::Lambda::Function'));
    expect(functions).toHaveLength(2); // one copies the code, one empties the bucket
    for (const { Properties } of functions) expect(Properties.LoggingConfig.LogGroup).toEqual({ Ref: 'Logs6819BB44' });
    expect(JSON.stringify(web.findResources('AWS::IAM::Role'))).not.toContain('ManagedPolicyArns');
  });

  test('leads past what guards the REST API, and who deploys is told of it', () => {
    const warned = [synthesizedWithWeb(), synthesizedWithWebOverAll()].map(({ app }) => warningsIn(app, 'sluice-web'));
    expect(warned).toEqual([[], [expect.stringContaining('npx cdk destroy sluice-web -c webFunction=true closes')]]);
  });

  test('keeps nothing: another id of its address is all that could be lost', () => {
    expect(logicalIds(web, 'AWS::Lambda::WebFunctionEndpoint')).toEqual(['WebEndpoint199463CD']);
    const kept = Object.values(web.toJSON().Resources).filter((each) =>
      /"DeletionPolicy":"Retain/.test(JSON.stringify(each)),
    );
    expect(kept).toEqual([]);
  });
});
