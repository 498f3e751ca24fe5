/** When the prices below were read, and for which region. There and everywhere they change: look again before you rely on them. */
export const READ = '2026-11-26';
export const REGION = 'us-east-1';

/** What is asked for so many units, without discounts by volume. */
export type Price = {
  readonly nanoDollars: number;
  readonly per: number;
  readonly unit: string;
  /** Where it was read; undefined where nobody found it, and it is from memory. AWS's own pages fill in most figures by script, so some are pages that quote them. */
  readonly source: `https://${string}` | undefined;
  /** How many units every account is given for nothing, each month, for good. */
  readonly free?: number;
};

const DOLLAR = 1_000_000_000;
const MILLION = 1_000_000;
const GIGABYTE = 1_000_000_000;
const LAMBDA = 'https://cloudchipr.com/blog/aws-lambda-pricing';
const TABLES = 'https://airbyte.com/data-engineering-resources/dynamodb-pricing';
const WATCH = 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/';
const FIREWALL = 'https://c3x.dev/blog/aws-waf-cost-explained/';
const OBJECTS = 'https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples';
const KEYS = 'https://www.wring.co/blog/aws-kms-pricing-guide';
const SECRETS = 'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms';

/** The one table of what AWS asks. */
export const prices = {
  functionRequest: {
    nanoDollars: 0.2 * DOLLAR,
    per: MILLION,
    unit: 'requests',
    source:
      'https://raw.githubusercontent.com/api-evangelist/aws-lambda/refs/heads/main/plans/aws-lambda-plans-pricing.yml',
    free: MILLION,
  },
  // $0.0000133334 a GB-second on arm64; a GB has 1,024 MB. What is streamed is free up to 6 MB a call.
  functionTime: { nanoDollars: 133_334, per: 10_240_000, unit: 'MB·ms', source: LAMBDA, free: 400_000 * 1_024_000 },
  restRequest: {
    nanoDollars: 3.5 * DOLLAR, // a streamed answer counts once for each 10 MB
    per: MILLION,
    unit: 'requests',
    source: 'https://awsforengineers.com/blog/aws-api-gateway-pricing-explained',
  },
  firewall: { nanoDollars: 5 * DOLLAR, per: 1, unit: 'web ACLs', source: FIREWALL },
  firewallRule: { nanoDollars: 1 * DOLLAR, per: 1, unit: 'rules', source: FIREWALL },
  firewallRequest: { nanoDollars: 0.6 * DOLLAR, per: MILLION, unit: 'requests', source: FIREWALL },
  tableWrite: { nanoDollars: 0.625 * DOLLAR, per: MILLION, unit: 'write units', source: TABLES },
  tableRead: { nanoDollars: 0.125 * DOLLAR, per: MILLION, unit: 'read units', source: TABLES },
  tableBytes: {
    nanoDollars: 0.25 * DOLLAR,
    per: GIGABYTE,
    unit: 'bytes for a month',
    source: 'https://aws.amazon.com/dynamodb/pricing/',
    free: 25 * GIGABYTE,
  },
  tableBackup: { nanoDollars: 0.2 * DOLLAR, per: GIGABYTE, unit: 'bytes for a month', source: undefined },
  logBytes: { nanoDollars: 0.5 * DOLLAR, per: GIGABYTE, unit: 'bytes', source: WATCH, free: 5 * GIGABYTE },
  metric: {
    nanoDollars: 0.3 * DOLLAR,
    per: 1,
    unit: 'metrics',
    source: 'https://signoz.io/guides/cloudwatch-pricing',
    free: 10,
  },
  alarm: {
    nanoDollars: 0.1 * DOLLAR,
    per: 1,
    unit: 'metrics of alarms',
    source: 'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm',
    free: 10,
  },
  queryAlarm: { nanoDollars: 0.1 * DOLLAR, per: 1, unit: 'metrics of queries', source: undefined },
  dashboard: { nanoDollars: 3 * DOLLAR, per: 1, unit: 'dashboards', source: WATCH, free: 3 },
  trace: {
    nanoDollars: 5 * DOLLAR,
    per: MILLION,
    unit: 'traces',
    source: 'https://aws.amazon.com/de/xray/pricing/',
    free: 100_000,
  },
  egress: {
    nanoDollars: 0.09 * DOLLAR,
    per: GIGABYTE,
    unit: 'bytes',
    source: 'https://www.apigatewaycost.com/aws',
    free: 100 * GIGABYTE,
  },
  secret: { nanoDollars: 0.4 * DOLLAR, per: 1, unit: 'secrets', source: SECRETS },
  secretRead: { nanoDollars: 0.05 * DOLLAR, per: 10_000, unit: 'reads', source: SECRETS },
  objectPut: { nanoDollars: 0.005 * DOLLAR, per: 1_000, unit: 'puts', source: OBJECTS },
  objectBytes: { nanoDollars: 0.023 * DOLLAR, per: GIGABYTE, unit: 'bytes for a month', source: OBJECTS },
  key: { nanoDollars: 1 * DOLLAR, per: 1, unit: 'keys', source: KEYS },
  guardrailUnit: {
    nanoDollars: 0.15 * DOLLAR,
    per: 1_000,
    unit: 'text units',
    source: 'https://hivebook.wiki/wiki/aws-bedrock-guardrails-content-filters-pii-masking-grounding-checks-for-fms',
  },
  searchUnitHour: {
    nanoDollars: 0.24 * DOLLAR,
    per: 1,
    unit: 'OCU-hours',
    source: 'https://c3x.dev/resources/aws/aws_opensearchserverless_collection/',
  },
} as const satisfies Record<string, Price>;

export type Priced = keyof typeof prices;

/** What AWS reckons for its guidance that runs LiteLLM on ECS, in a month, before there is much traffic. */
export const baseline = {
  name: 'LiteLLM on ECS',
  nanoDollars: 378.1 * DOLLAR,
  source: 'https://github.com/aws-solutions-library-samples/guidance-for-multi-provider-generative-ai-gateway-on-aws',
} as const;

/** What AWS says it will ask of a Web Function, without saying how much. */
export const unpriced = {
  names: ['Lambda requests', 'Lambda processor time', 'Lambda memory'],
  source: 'https://docs.aws.amazon.com/lambda/latest/dg/web-functions.html',
} as const;
