import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export type FirewallProps = {
  /** What it guards. A function URL cannot have one. */
  readonly stage: Stage;
  /**
   * How many requests an address may send in any five minutes.
   * @default - 10,000
   */
  readonly requestsPerFiveMinutes?: number | undefined;
};

/** Keeps away who asks too often, addresses of ill repute, and what only an attack would send. It does not judge prompts. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { stage, requestsPerFiveMinutes = 10_000 }: FirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Rules', {
      scope: 'REGIONAL',
      description: 'Sluice: what may not come to the gateway',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs('Firewall'),
      customResponseBodies: { tooMany: { contentType: 'APPLICATION_JSON', content: TOO_MANY } },
      rules: [
        {
          name: 'Rate',
          priority: 0,
          statement: { rateBasedStatement: { limit: requestsPerFiveMinutes, aggregateKeyType: 'IP' } },
          action: { block: { customResponse: { responseCode: 429, customResponseBodyKey: 'tooMany' } } },
          visibilityConfig: seenAs('Rate'),
        },
        managed('AWSManagedRulesAmazonIpReputationList', 1, []),
        managed('AWSManagedRulesCommonRuleSet', 2, COMMON_OF_BODIES),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 3, BAD_INPUTS_OF_BODIES),
      ],
    });
    new CfnWebACLAssociation(this, 'Guard', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}

/**
 * Rules that look into bodies are counted, and block nothing: a prompt is long, and may well be about SQL, scripts and
 * paths. A name that AWS does not know would be ignored in silence: they are as these pages have them.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const COMMON_OF_BODIES = [
  'SizeRestrictions_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'CrossSiteScripting_BODY',
];
const BAD_INPUTS_OF_BODIES = ['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY', 'ReactJSRCE_BODY'];

/** As the gateway itself says it, so that an SDK waits and tries again. */
const TOO_MANY = JSON.stringify({
  error: {
    message: 'Too many requests from this address. Wait some minutes.',
    type: 'rate_limit_error',
    param: null,
    code: 'rate_limit_exceeded',
    source: 'gateway',
  },
});

const managed = (name: string, priority: number, counted: readonly string[]): CfnWebACL.RuleProperty => ({
  name,
  priority,
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ...(counted.length > 0 && {
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      }),
    },
  },
  overrideAction: { none: {} },
  visibilityConfig: seenAs(name),
});

/** How often a rule had to do with a request. None is shown: samples have all headers, and so keys. */
function seenAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
