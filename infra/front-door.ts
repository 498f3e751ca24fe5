import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { explainMany } from './reasons.ts';

export type FrontDoorProps = {
  /** The bundled gateway: a folder whose `index.mjs` exports `handler`. */
  readonly code: lambda.Code;
  /** @default - none */
  readonly environment?: Record<string, string>;
  /** @default - 512 MB */
  readonly memoryMb?: number | undefined;
  /** @default - calls are traced, as many as X-Ray's sampling rules say */
  readonly traces?: boolean;
  /** @default - one month */
  readonly logsKept?: RetentionDays | undefined;
  /** @default - it has a URL of its own */
  readonly functionUrl?: boolean;
};

/** The gateway as a function that streams, with a public URL of its own unless it is reached otherwise. */
export class FrontDoor extends Construct {
  /** Where an OpenAI SDK is pointed to, if the function has a URL. */
  readonly baseUrl: string | undefined;
  /** The version that answers: every way in leads to it. */
  readonly live: lambda.Alias;
  /** How often the function itself failed: ran out of time or memory, or threw. */
  readonly errors: Metric;
  /** How often Lambda turned a call away: a stream holds an environment, and an account has so many. */
  readonly turnedAway: Metric;
  /** What tables and secrets are granted to. It starts with the right to write its own logs, and nothing else. */
  readonly role: Role;
  /** Where it writes a line for each call. */
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.log = new LogGroup(this, 'Logs', {
      retention: props.logsKept ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own, because the one CDK would make may write to every log group of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.log.grantWrite(this.role);
    explainMany(this.role, ['*'], 'Segments of X-Ray belong to no resource that could be named.');
    const gateway = new lambda.Function(this, 'Function', {
      description: 'Sluice: one OpenAI-compatible API in front of every provider',
      code: props.code,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      // Versions stay, for a stream may go on in an old one, and by hand `live` can be turned back to it. They cost
      // nothing. One whose deploy failed must not: Lambda would refuse to make it a second time.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
      timeout: Duration.minutes(15), // Lambda's longest: a stream lasts as long as its model talks
      role: this.role,
      // Lambda's own segments, the trace header we go on with, and the daemon that takes our spans.
      tracing: props.traces === false ? lambda.Tracing.DISABLED : lambda.Tracing.ACTIVE,
      logGroup: this.log,
      loggingFormat: lambda.LoggingFormat.JSON,
      // The daemon's address is there whether we may use it or not.
      environment: { ...props.environment, ...(props.traces === false && { OTEL_TRACES_EXPORTER: 'none' }) },
    });
    this.live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: gateway.currentVersion });
    this.errors = gateway.metricErrors();
    this.turnedAway = gateway.metricThrottles();
    this.baseUrl = (props.functionUrl ?? true) ? `${this.urlOf(gateway)}v1` : undefined; // the URL ends in a slash
  }

  private urlOf(gateway: lambda.Function): string {
    // Of the alias, but beneath the function: its place decides its id, and another id is another address.
    const { url } = new lambda.FunctionUrl(gateway, 'FunctionUrl', {
      function: this.live,
      // The gateway checks keys itself: an OpenAI SDK sends a bearer token and cannot sign for IAM.
      authType: lambda.FunctionUrlAuthType.NONE,
      invokeMode: lambda.InvokeMode.RESPONSE_STREAM,
    });
    return url;
  }
}
