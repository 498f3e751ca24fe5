type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a region's DynamoDB is, as the SDK finds it: what the sweeps do over the SDK must meet what calls do without it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function dynamodbUrl(region: string, env: Environment): string {
  const named = env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL;
  if (named && env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== 'true') return named;
  // Of the government's regions each endpoint is one for FIPS.
  const fips = env.AWS_USE_FIPS_ENDPOINT === 'true' && !region.startsWith('us-gov-');
  return `https://dynamodb${fips ? '-fips' : ''}.${region}.${domainOf(region)}`;
}

const domainOf = (region: string): string =>
  Object.entries(DOMAINS).find(([start]) => region.startsWith(start))?.[1] ?? 'amazonaws.com';

/** Of the partitions that are not AWS's first, by how the names of their regions begin. */
const DOMAINS = {
  'cn-': 'amazonaws.com.cn',
  'eusc-': 'amazonaws.eu',
  'us-iso-': 'c2s.ic.gov',
  'us-isob-': 'sc2s.sgov.gov',
  'us-isof-': 'csp.hci.ic.gov',
  'eu-isoe-': 'cloud.adc-e.uk',
};
