import { joined, type Reach, type Region, reachOf } from './regions.ts';

/** Where a model is called through a profile, a region calls it through that of its own part of the world, or through the global one. */
const OWN: readonly { readonly regions: RegExp; readonly prefix: string }[] = [
  { regions: /^us-gov-/, prefix: 'us-gov.' },
  { regions: /^us-/, prefix: 'us.' },
  { regions: /^eu-/, prefix: 'eu.' },
];

/**
 * A model of Bedrock by the name it has in a region: an American inference profile cannot be called from elsewhere.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function inRegion(name: string, region: string | undefined): string {
  if (region === undefined || !name.startsWith('us.')) return name;
  const prefix = OWN.find(({ regions }) => regions.test(region))?.prefix ?? 'global.';
  return prefix + name.slice('us.'.length);
}

/**
 * Where each profile may send a request, whatever the model: which of these it does send to depends on the model, and no
 * name says so. The European one has London and Zurich, the Asian one the Emirates.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/@aws-cdk_aws-bedrock-alpha.CrossRegionInferenceProfileRegion.html (read 2026-11-26)
 */
const DESTINATIONS: ReadonlyMap<string, readonly Region[] | 'anywhere'> = new Map<
  string,
  readonly Region[] | 'anywhere'
>([
  ['us', ['us']],
  ['us-gov', ['us']],
  ['eu', ['eu', 'efta', 'uk']],
  ['apac', ['ap', 'me']],
  ['jp', ['ap']],
  ['au', ['ap']],
  ['global', 'anywhere'],
]);

/** Who makes models for Bedrock: a name that begins with one of these is called where the request goes. */
const MAKERS =
  /^(ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\./;

/**
 * Where Bedrock may process a request for a model, made in a region. Where its operator states it, that narrows what is
 * known of a profile, and stands for what nobody knows of an ARN; it makes no profile of another part of the world its own.
 */
export function reachOfModel(name: string, region: string | undefined, stated?: readonly Region[]): Reach {
  const id = /^arn:[^/]*:inference-profile\/(.+)$/.exec(name)?.[1] ?? name;
  const here = stated ?? reachOf('aws', region);
  if (MAKERS.test(id)) return here;
  const there: Reach = DESTINATIONS.get(id.slice(0, id.indexOf('.'))) ?? 'unknown';
  if (stated === undefined || there === 'anywhere') return joined(here, there);
  return there === 'unknown' || there.some((each) => stated.includes(each)) ? stated : joined(stated, there);
}
