import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { doorsAsked } from '../../infra/doors-asked.ts';
import { logicalIds, synthesized, warningsIn } from './synthesized.ts';

const doors = (asked: Readonly<Record<string, unknown>>) =>
  synthesized({ doors: doorsAsked((name) => asked[name]) }).gateway;
const domain = {
  domain: 'llm.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa',
};
const { gateway } = synthesized();
const alone = doors({ functionUrl: false });
const guarded = doors({ waf: true, functionUrl: false, ...domain });

/** Where a URL of the REST API's own leads to. */
const ownUrl = {
  'Fn::Join': ['', expect.arrayContaining(['https://', '.execute-api.', '/v1'])],
};
const methods = Object.values(gateway.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => Properties);

describe('the REST API', () => {
  test('is regional, and passes on what the live version streams, for as long as Lambda allows', () => {
    gateway.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
    expect(methods).toHaveLength(2); // of the root, and of all beneath it
    for (const { HttpMethod, Integration } of methods) {
      expect(HttpMethod).toBe('ANY');
      expect(Integration).toMatchObject({
        Type: 'AWS_PROXY',
        ResponseTransferMode: 'STREAM',
        TimeoutInMillis: 900_000,
      });
      const uri = JSON.stringify(Integration.Uri);
      expect(uri).toMatch(
        /:lambda:path\/2021-11-15\/functions\/",\{"Ref":"FrontDoorLive\w+"\},"\/response-streaming-invocations"/,
      );
    }
  });

  test('and nobody else may invoke the function by way of it', () => {
    const permissions = Object.values(gateway.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    const ofApis = permissions.filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');
    expect(ofApis).toHaveLength(2);
    for (const { FunctionName, SourceArn } of ofApis) {
      expect(FunctionName).toEqual({ Ref: expect.stringMatching(/^FrontDoorLive/) });
      expect(JSON.stringify(SourceArn)).toMatch(/:execute-api:.*"Ref":"RestDoorApi\w+"/);
    }
  });

  test('answers in the shape of OpenAI when it refuses by itself', () => {
    const refusals = Object.values(gateway.findResources('AWS::ApiGateway::GatewayResponse')).map(({ Properties }) => {
      const body: string = Properties.ResponseTemplates['application/json'];
      const filled = body.replace('$context.error.messageString', '"Too Many"').replace('$context.requestId', 'id-1');
      return [Properties.ResponseType, JSON.parse(filled).error];
    });
    expect(Object.fromEntries(refusals)).toMatchObject({
      THROTTLED: {
        message: 'Too Many',
        type: 'rate_limit_error',
        param: null,
        code: 'rate_limit_exceeded',
        source: 'gateway',
        request_id: 'id-1',
      },
      REQUEST_TOO_LARGE: { code: 'request_too_large' },
      INTEGRATION_TIMEOUT: { code: 'timeout' },
      DEFAULT_4XX: { type: 'invalid_request_error' },
      DEFAULT_5XX: { type: 'server_error' },
    });
  });

  test("takes as much as the account does, or as somebody asks for; a month's access log is kept for who asks", () => {
    gateway.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'live',
      MethodSettings: Match.absent(),
      AccessLogSetting: Match.absent(),
    });
    expect(logicalIds(gateway, 'AWS::ApiGateway::Account')).toEqual([]);
    const asked = doors({ requestsPerSecond: '50', burst: 100, accessLog: 'true' });
    asked.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 50,
          ThrottlingBurstLimit: 100,
          DataTraceEnabled: false,
        }),
      ],
      AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('sourceIp') },
    });
    asked.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain' });
    asked.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });
});

describe('a way in', () => {
  test('is told in an output each, and the first to hand out in BaseUrl', () => {
    const url = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['FrontDoorFunctionFunctionUrl722953A5', 'FunctionUrl'] }, 'v1']] };
    const told = (template: typeof gateway) =>
      Object.fromEntries(
        Object.entries(template.findOutputs('*'))
          .filter(([name]) => /Url$|^DomainTarget$/.test(name))
          .map(([name, { Value }]) => [name, Value]),
      );
    const DashboardUrl = expect.anything();
    expect(told(gateway)).toEqual({ BaseUrl: url, FunctionBaseUrl: url, RestBaseUrl: ownUrl, DashboardUrl });
    expect(told(alone)).toEqual({ BaseUrl: ownUrl, RestBaseUrl: ownUrl, DashboardUrl });
    expect(told(doors({ restApi: false }))).toEqual({ BaseUrl: url, FunctionBaseUrl: url, DashboardUrl });
    expect(told(guarded)).toEqual({
      BaseUrl: 'https://llm.example.com/v1',
      RestBaseUrl: ownUrl,
      DomainTarget: { 'Fn::GetAtt': [expect.stringMatching(/^RestDoorApiDomain/), 'RegionalDomainName'] },
      DashboardUrl,
    });
  });

  test('that leads past a firewall or throttles is not the one to hand out, and who deploys is told of it', () => {
    const guards: readonly Readonly<Record<string, unknown>>[] = [
      { waf: true },
      { requestsPerSecond: 50 },
      { burst: 100 },
    ];
    for (const guard of guards) {
      const { app, gateway: open } = synthesized({ doors: doorsAsked((name) => guard[name]) });
      expect(open.findOutputs('BaseUrl').BaseUrl?.Value).toEqual(ownUrl);
      expect(open.findOutputs('FunctionBaseUrl')).not.toEqual({});
      expect(warningsIn(app, 'sluice-gateway')).toEqual([expect.stringContaining('-c functionUrl=false closes')]);
      const { app: shut } = synthesized({
        doors: doorsAsked((name) => (name === 'functionUrl' ? false : guard[name])),
      });
      expect(warningsIn(shut, 'sluice-gateway')).toEqual([]);
    }
  });

  test('is gone where somebody closed it', () => {
    for (const type of ['AWS::Lambda::Url', 'AWS::ApiGateway::RestApi'])
      expect(logicalIds(gateway, type)).toHaveLength(1);
    expect(logicalIds(alone, 'AWS::Lambda::Url')).toEqual([]);
    alone.resourcePropertiesCountIs('AWS::Lambda::Permission', { Principal: '*' }, 0);
    const noRest = doors({ restApi: 'false' });
    expect(JSON.stringify(noRest.toJSON())).not.toMatch(/ApiGateway|apigateway/);
  });
});

test("a domain has the operator's certificate, speaks no TLS older than 1.2, and leads to the live stage", () => {
  guarded.hasResourceProperties('AWS::ApiGateway::DomainName', {
    DomainName: domain.domain,
    RegionalCertificateArn: domain.certificateArn,
    EndpointConfiguration: { Types: ['REGIONAL'] },
    SecurityPolicy: 'TLS_1_2',
  });
  guarded.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
    BasePath: Match.absent(), // or the path would come to the gateway with it
    Stage: { Ref: Match.stringLikeRegexp('^RestDoorApiDeploymentStagelive') },
  });
});

describe('the firewall', () => {
  const [acl] = Object.values(guarded.findResources('AWS::WAFv2::WebACL')).map(({ Properties }) => Properties);
  const rules: readonly Rule[] = acl?.Rules ?? [];

  test('stands before the REST API and nothing else, and only where somebody asks for it', () => {
    expect(logicalIds(gateway, 'AWS::WAFv2::WebACL')).toEqual([]);
    expect(acl?.Scope).toBe('REGIONAL');
    const guards = Object.values(guarded.findResources('AWS::WAFv2::WebACLAssociation'));
    expect(guards.map(({ Properties }) => JSON.stringify(Properties.ResourceArn))).toEqual([
      expect.stringMatching(/:apigateway:.*\/restapis\/.*"Ref":"RestDoorApi\w+".*\/stages\//),
    ]);
  });

  test('keeps away an address that asks too often, as often as somebody says', () => {
    const limit = (template: typeof gateway) =>
      Object.values(template.findResources('AWS::WAFv2::WebACL')).map(
        ({ Properties }) => Properties.Rules[0].Statement.RateBasedStatement,
      );
    expect(limit(guarded)).toEqual([{ AggregateKeyType: 'IP', Limit: 10_000 }]);
    expect(limit(doors({ waf: true, wafRequestsPerFiveMinutes: 300, functionUrl: false }))).toEqual([
      { AggregateKeyType: 'IP', Limit: 300 },
    ]);
    expect(rules[0]?.Action).toMatchObject({ Block: { CustomResponse: { ResponseCode: 429 } } });
    expect(JSON.parse(acl?.CustomResponseBodies.tooMany.Content)).toMatchObject({
      error: { code: 'rate_limit_exceeded', source: 'gateway' },
    });
  });

  test("has AWS's rules, of which none judges a body, for a prompt may well be about an attack", () => {
    const managed = rules.flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement ?? []);
    expect(managed.map(({ Name }) => Name)).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
    const counted = managed.flatMap(({ RuleActionOverrides = [] }) => RuleActionOverrides);
    expect(counted).toHaveLength(8);
    for (const { Name, ActionToUse } of counted)
      expect([Name, ActionToUse]).toEqual([expect.stringMatching(/_BODY$/), { Count: {} }]);
  });

  test('shows nobody a sample of what it saw, for that has the keys in it', () => {
    for (const { VisibilityConfig } of [acl, ...rules]) expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
  });
});

type Rule = {
  readonly Action?: unknown;
  readonly VisibilityConfig: { readonly SampledRequestsEnabled: boolean };
  readonly Statement: {
    readonly ManagedRuleGroupStatement?: {
      readonly Name: string;
      readonly RuleActionOverrides?: readonly { readonly Name: string; readonly ActionToUse: unknown }[];
    };
  };
};
