import { vertexAnthropicDialect } from '../anthropic/anthropic.ts';
import { authorizeBy, bearer } from '../authorize.ts';
import { vertexEmbeddings } from '../embeddings/vertex.ts';
import { geminiDialect } from '../gemini/dialect.ts';
import type { Maker } from '../provider.ts';

const gemini = geminiDialect(
  ({ baseUrl, project, region }, model) =>
    `${baseUrl}/v1/projects/${project}/locations/${region}/publishers/google/models/${model}`,
);

/** Vertex AI: Google's own models, and Anthropic's. */
export const vertexMaker: Maker = {
  fromEnvironment: (env) => {
    const project = env.VERTEX_PROJECT || env.GOOGLE_CLOUD_PROJECT;
    const region = env.VERTEX_LOCATION || env.GOOGLE_CLOUD_LOCATION;
    if (!project || !region) return undefined;
    if (env.VERTEX_CREDENTIALS) return { project, region, credential: 'env:VERTEX_CREDENTIALS' };
    // A project alone is no wish to use it: Google's shells set one for everybody.
    return env.GOOGLE_APPLICATION_CREDENTIALS || env.GOOGLE_GENAI_USE_VERTEXAI === 'true'
      ? { project, region }
      : undefined;
  },
  switchOn: 'set GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION and GOOGLE_APPLICATION_CREDENTIALS',
  problem: ({ project, region, baseUrl, credential }) => {
    // The gateway's own token must not go to an address that only the configuration knows.
    if (baseUrl !== undefined && credential === undefined) return 'needs a credential beside its baseUrl';
    const missing = [...(project ? [] : ['a project']), ...(region ? [] : ['a region'])];
    return missing.length === 0 ? undefined : `needs ${missing.join(' and ')}`;
  },
  make: (name, { project = '', region = '', baseUrl = endpoint(region), credential = 'adc' }) => ({
    name,
    place: { baseUrl, project, region },
    // A key of a service account is exchanged for a token; without one, the account the gateway runs as is used.
    credential: `google:${credential}`,
    authorize: authorizeBy(baseUrl, bearer),
    chat: (model) => (byAnthropic(model) ? vertexAnthropicDialect : gemini),
    embed: (model) => (byAnthropic(model) ? undefined : vertexEmbeddings(model)),
  }),
};

const byAnthropic = (model: string) => model.startsWith('claude-');

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations */
function endpoint(region: string): string {
  if (region === 'global') return 'https://aiplatform.googleapis.com';
  if (region === 'us' || region === 'eu') return `https://aiplatform.${region}.rep.googleapis.com`;
  return `https://${region}-aiplatform.googleapis.com`;
}
