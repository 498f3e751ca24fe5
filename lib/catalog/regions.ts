/**
 * The parts of the world that rules speak of: the European Union, the rest of EFTA, the United Kingdom, the United States,
 * Canada, Latin America, Asia and the Pacific, the Middle East, Africa, China. None includes another.
 */
export const regions = ['eu', 'efta', 'uk', 'us', 'ca', 'la', 'ap', 'me', 'af', 'cn'] as const;
export type Region = (typeof regions)[number];

/** Where data may be processed: in any of these and nowhere else (of none: it goes nowhere), anywhere, or nobody says where. */
export type Reach = readonly Region[] | 'anywhere' | 'unknown';

/** Two reaches as one. What may go anywhere does so whatever else is known. */
export function joined(one: Reach, other: Reach): Reach {
  if (one === 'anywhere' || other === 'anywhere') return 'anywhere';
  if (one === 'unknown' || other === 'unknown') return 'unknown';
  return regions.filter((region) => one.includes(region) || other.includes(region));
}

/** Where a region of a cloud is. `eu` and `europe` in a name are a continent: which country it is must be known. */
export function reachOf(cloud: 'aws' | 'google', region: string | undefined): Reach {
  if (region === undefined) return 'unknown';
  const found = places[cloud].find(([, names]) => names.test(region));
  return found === undefined ? 'unknown' : [found[0]];
}

type Places = readonly (readonly [Region, RegExp])[];

const places: Readonly<Record<'aws' | 'google', Places>> = {
  // https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
  aws: [
    ['eu', /^eu-(central-1|north-1|south-[12]|west-[13])$|^eusc-de-east-1$/],
    ['efta', /^eu-central-2$/],
    ['uk', /^eu-west-2$/],
    ['us', /^us-(gov-)?(east|west)-\d$/],
    ['ca', /^ca-(central|west)-\d$/],
    ['la', /^(sa-east|mx-central)-\d$/],
    ['ap', /^ap-(north|south)?(east|west)?-\d$/],
    ['me', /^(me-(south|central)|il-central)-\d$/],
    ['af', /^af-south-\d$/],
    ['cn', /^cn-(north|northwest)-\d$/],
  ],
  // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/data-residency: no promise is made of the Middle East and Africa
  google: [
    ['eu', /^eu$|^europe-(central2|north[12]|southwest1|west([13489]|10|12))$/],
    ['efta', /^europe-west6$/],
    ['uk', /^europe-west2$/],
    ['us', /^us$|^us-(central|east|south|west)\d$/],
    ['ca', /^northamerica-northeast[12]$/],
    ['la', /^southamerica-(east|west)1$/],
    ['ap', /^(asia|australia)-(east|northeast|south|southeast)\d$/],
  ],
};
