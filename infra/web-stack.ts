import {
  CfnOutput,
  DefaultStackSynthesizer,
  Duration,
  Reference,
  RemovalPolicy,
  Stack,
  type StackProps,
  Tokenization,
  Validations,
} from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { WebFunction, WebFunctionAuthType, WebFunctionCode, WebFunctionRuntime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { boundCdksOwn } from './cdks-own.ts';
import { type GatewayNeeds, grantNeeds, toldToGateway } from './gateway-needs.ts';
import { explain } from './reasons.ts';
import { warnOfWayPast } from './ways-past.ts';

export type WebStackProps = StackProps &
  GatewayNeeds & {
    /** The folder of the bundled HTTP door, whose `index.mjs` listens where it is told. */
    readonly folder: string;
    /**
     * Whether callers are kept away by something that stands before another way in, and not before this one.
     * @default - they are not
     */
    readonly guardedElsewhere?: boolean;
  };

/**
 * The gateway once more, as a Lambda Web Function: one environment holds many streams, and is not paid by the second that
 * each of them waits. It has an address of its own, over the same tables; it can be thrown away.
 */
export class WebStack extends Stack {
  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logsKept ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
    const role = new Role(this, 'Role', { assumedBy });
    const copier = new Role(this, 'CopyRole', { assumedBy });
    for (const each of [role, copier]) logGroup.grantWrite(each);
    grantNeeds(this, role, props);
    explainCopying(this, copier);
    const { endpoint } = new WebFunction(this, 'Web', {
      revisionDescription: 'Sluice: one OpenAI-compatible API in front of every provider',
      code: WebFunctionCode.fromAssetToManagedBucket(props.folder, { copyOptions: { logGroup, role: copier } }),
      runtime: WebFunctionRuntime.NODEJS_24_X,
      entryPoint: 'index.mjs',
      role,
      logGroup,
      timeout: Duration.minutes(15), // Lambda's longest: a stream lasts as long as its model talks
      // The gateway checks keys itself: an OpenAI SDK sends a bearer token and cannot sign for IAM.
      defaultEndpointAuth: WebFunctionAuthType.APPLICATION_MANAGED,
      environment: {
        ...mapValues(toldToGateway(props), imported),
        OTEL_TRACES_EXPORTER: 'none', // there is no daemon that would take spans
      },
    });
    boundCdksOwn(this, logGroup);
    const reason = 'The gateway checks the key of every request itself.';
    Validations.of(endpoint).acknowledge({ id: '@aws-cdk/aws-lambda:webFunctionPublicEndpoint', reason });
    if (props.guardedElsewhere)
      warnOfWayPast(this, 'openWebFunction', `npx cdk destroy ${this.stackName} -c webFunction=true`);
    new CfnOutput(this, 'BaseUrl', {
      value: `https://${endpoint.domainName}/v1`,
      description: 'The base_url of an OpenAI SDK, for many streams at once',
    });
  }
}

/** A Web Function reads its code from a versioned bucket, to which CDK copies it with a function of its own. */
function explainCopying(stack: Stack, copier: Role): void {
  explain(stack, 'S1', 'The one bucket has the code of the gateway, which is no secret, and nothing else.');
  const bucket = '<AWSCDKWebFunctionAssetBucket5B596593.Arn>/web-function/*';
  const { bootstrapQualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER } = stack.synthesizer;
  const staged = `arn:<AWS::Partition>:s3:::cdk-${bootstrapQualifier}-assets-<AWS::AccountId>-<AWS::Region>/*`;
  for (const finding of ['Action::s3:Abort*', 'Action::s3:DeleteObject*', `Resource::${bucket}`, `Resource::${staged}`])
    explain(
      copier,
      `IAM5[${finding}]`,
      'As CDK grants it, to copy from where it puts code to where the function reads it.',
    );
}

/**
 * What belongs to another stack, as an import of it: a reference would be wrong in the copy of a revision's environment
 * that CDK makes (aws-cdk-lib 2.276), where it is taken for one of this stack.
 */
function imported(value: string): string {
  const [token] = Tokenization.reverseString(value).tokens;
  return Reference.isReference(token) ? Stack.of(token.target).exportValue(token) : value;
}

const mapValues = (values: Readonly<Record<string, string>>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
