import { GatewayError } from '../../errors.ts';
import type { Outbound } from '../../wire/send.ts';
import { bedrockEmbeddings } from '../embeddings/bedrock.ts';
import { bedrockGuardrail, bedrockGuardrailProblem } from '../guardrails/bedrock.ts';
import type { ChatDialect, Maker, Place } from '../provider.ts';
import { toError } from './refusal.ts';
import { toProvider } from './request.ts';
import { fromStream } from './stream.ts';

/** AWS Bedrock's Converse, for all the models it speaks with. Always streamed, and folded for those who did not ask for a stream. */
export const converseDialect: ChatDialect = { toProvider, fromStream, oneWay: true, toError };

/** Any of these says that the process has AWS credentials of its own. */
const CREDENTIALS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];
/** A key of Bedrock's own. */
const KEY = 'AWS_BEARER_TOKEN_BEDROCK';

/** AWS Bedrock: requests are signed with the process's own credentials, or carry a Bedrock API key as a bearer token. */
export const bedrockMaker: Maker = {
  fromEnvironment: (env) => {
    const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
    if (!region) return undefined;
    if (env[KEY]) return { region, credential: `env:${KEY}` };
    return CREDENTIALS.some((name) => env[name]) ? { region } : undefined;
  },
  fromRole: ({ AWS_REGION: region }) => (region ? { region } : undefined),
  switchOn: 'set AWS_REGION and have AWS credentials in the environment',
  problem: ({ region, baseUrl }) => {
    if (region === undefined) return 'needs a region, such as us-east-1';
    if (!/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region)) return `has no region of AWS: ${JSON.stringify(region)}`;
    return baseUrl?.includes('?') ? 'has a baseUrl with a query, which an endpoint cannot have' : undefined;
  },
  make: (name, { region, baseUrl = '', credential }) => {
    const place: Place = { baseUrl, ...(region !== undefined && { region }) };
    return {
      name,
      place,
      ...(credential !== undefined && { credential }),
      authorize: (outbound, secret) => authorized(outbound, secret, place),
      chat: () => converseDialect,
      embed: bedrockEmbeddings,
      guard: (settings) => bedrockGuardrailProblem(settings, place) ?? bedrockGuardrail(settings, place),
    };
  },
};

/** Gives a key to a request that goes where the key belongs. */
function authorized(outbound: Outbound, secret: string | undefined, { baseUrl, region }: Place): Outbound {
  if (secret === undefined) return outbound;
  if ('url' in outbound || (outbound.endpoint ?? '') !== baseUrl || outbound.region !== region)
    throw new GatewayError('internal_error', { message: 'A credential was about to leave its host.' });
  return { ...outbound, token: secret };
}
