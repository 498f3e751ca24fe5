import { authorizeBy, bearer } from '../authorize.ts';
import { compatibleDialect } from '../compatible/compatible.ts';
import { openaiQuirks } from '../compatible/openai.ts';
import { compatibleEmbeddings } from '../embeddings/compatible.ts';
import type { Maker, Target } from '../provider.ts';

/** The latest dated version that is not a preview. https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle */
const API_VERSION = '2024-10-21';

const KEY = 'AZURE_OPENAI_API_KEY';
const ENDPOINT = 'AZURE_OPENAI_ENDPOINT';

const dialect = compatibleDialect(openaiQuirks, (target) => toUrl(target, 'chat/completions'));

const embeddings = compatibleEmbeddings({ base64: true }, (target) => toUrl(target, 'embeddings'));

/** Azure OpenAI: OpenAI's dialect at addresses of its own. A model is the name of a deployment. */
export const azureMaker: Maker = {
  fromEnvironment: (env) => {
    const { [KEY]: key, [ENDPOINT]: endpoint, OPENAI_API_VERSION: apiVersion } = env;
    if (!key || !endpoint) return undefined;
    return { credential: `env:${KEY}`, baseUrl: endpoint.replace(/\/+$/, ''), ...(apiVersion && { apiVersion }) };
  },
  switchOn: `set ${KEY} and ${ENDPOINT}`,
  problem: ({ baseUrl }) =>
    baseUrl === undefined ? `needs the baseUrl of its resource, or ${ENDPOINT} in the environment` : undefined,
  make: (name, { baseUrl = '', credential, apiVersion }) => ({
    name,
    place: { baseUrl, ...(apiVersion !== undefined && { apiVersion }) },
    ...(credential !== undefined && { credential }),
    authorize: authorizeBy(baseUrl, (secret) => (isEntraToken(secret) ? bearer(secret) : { 'api-key': secret })),
    chat: () => dialect,
    embed: () => embeddings,
  }),
};

/** The `/openai/v1` surface where it is asked for, which finds the deployment by `model`; a deployment's own path otherwise. */
function toUrl({ provider, model }: Target, path: string): string {
  const { baseUrl, apiVersion } = provider.place;
  if (baseUrl.endsWith('/openai/v1')) return `${baseUrl}/${path}${query(apiVersion)}`;
  const resource = baseUrl.replace(/\/openai$/, '');
  if (apiVersion === 'v1') return `${resource}/openai/v1/${path}`;
  const deployment = encodeURIComponent(model);
  return `${resource}/openai/deployments/${deployment}/${path}${query(apiVersion ?? API_VERSION)}`;
}

const query = (apiVersion: string | undefined): string =>
  apiVersion === undefined || apiVersion === 'v1' ? '' : `?api-version=${apiVersion}`;

/** A JSON web token is of Entra ID; Azure's keys have no dots. */
const isEntraToken = (secret: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(secret);
