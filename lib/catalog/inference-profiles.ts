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
