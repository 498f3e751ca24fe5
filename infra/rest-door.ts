import { Duration, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { accessLogOf } from './access-log.ts';
import { Firewall, type FirewallProps } from './firewall.ts';
import { explain } from './reasons.ts';
import { speakOpenAi } from './rest-refusals.ts';

export type RestDoorProps = {
  /** What answers. */
  readonly live: IFunction;
  /** @default - it is known by the name that AWS gives it alone */
  readonly domain?: Domain | undefined;
  /** @default - the account's: 10,000 */
  readonly requestsPerSecond?: number | undefined;
  /** @default - the account's: 5,000 */
  readonly burst?: number | undefined;
  /** @default - none is kept: the gateway writes down every call that comes to it */
  readonly accessLog?: boolean;
  /** @default - none */
  readonly firewall?: Omit<FirewallProps, 'stage'> | undefined;
};

/** A name of one's own, and the certificate for it, of the region the API is in. */
export type Domain = { readonly name: string; readonly certificateArn: string };

/** A REST API in front of the gateway, which passes streams on as they come: for a name of one's own, throttles and a firewall. */
export class RestDoor extends Construct {
  readonly baseUrl: string;
  /** The same by the name of one's own, and where its DNS record must point to. */
  readonly ownName: { readonly baseUrl: string; readonly target: string } | undefined;

  constructor(scope: Construct, id: string, { live, domain, firewall, accessLog = false, ...most }: RestDoorProps) {
    super(scope, id);
    const api = new apigateway.LambdaRestApi(this, 'Api', {
      restApiName: Stack.of(this).stackName,
      description: 'Sluice: one OpenAI-compatible API in front of every provider',
      handler: live,
      // Regional: of a stream through an edge-optimised one, no pause may be longer than 30 s.
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      integrationOptions: {
        responseTransferMode: apigateway.ResponseTransferMode.STREAM,
        timeout: Duration.minutes(15), // as long as the function itself
        allowTestInvoke: false,
      },
      deployOptions: {
        stageName: 'live',
        throttlingRateLimit: most.requestsPerSecond,
        throttlingBurstLimit: most.burst,
        ...(accessLog && accessLogOf(this)),
      },
      cloudWatchRole: accessLog,
    });
    api.node.tryRemoveChild('Endpoint'); // an output under a name of CDK's choice
    speakOpenAi(api);
    explainOpenness(api);
    if (accessLog) explainPushing(api);
    else explainUnlogged(api);
    if (firewall) new Firewall(this, 'Firewall', { stage: api.deploymentStage, ...firewall });
    else explainUnguarded(api);
    this.baseUrl = `${api.deploymentStage.urlForPath('/')}v1`;
    this.ownName = domain && named(api, domain);
  }
}

function named(api: apigateway.RestApi, { name, certificateArn }: Domain) {
  const domain = api.addDomainName('Domain', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(api, 'Certificate', certificateArn),
    endpointType: apigateway.EndpointType.REGIONAL,
    securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
  });
  return { baseUrl: `https://${name}/v1`, target: domain.domainNameAliasDomainName };
}

function explainOpenness(api: apigateway.RestApi): void {
  explain(api, 'APIG2', 'The gateway checks every request itself, by the rules of the dialect that its path speaks.');
  explain(api, 'APIG4', 'The gateway checks keys itself: an OpenAI SDK sends a bearer token, and cannot sign for IAM.');
  explain(api, 'COG4', 'Callers are programs with keys of the gateway, not people with accounts.');
  explain(api, 'APIG6', 'It tells of the steps of API Gateway; the gateway itself writes a line for each call.');
}

function explainUnguarded(api: apigateway.RestApi): void {
  explain(api, 'APIG3', 'A firewall costs $9 a month and more: there is one where somebody asks for it (-c waf=true).');
}

function explainUnlogged(api: apigateway.RestApi): void {
  explain(
    api,
    'APIG1',
    'The gateway writes a line for each call. A log of what never came to it sets a role for all APIs of the account and region: there is one where somebody asks for it (-c accessLog=true).',
  );
}

function explainPushing(api: apigateway.RestApi): void {
  const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';
  explain(
    api,
    `IAM4[Policy::${policy}]`,
    "AWS's own, for the one role by which all APIs of an account write their logs.",
  );
}
