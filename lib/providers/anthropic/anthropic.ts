import type { JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { authorizeBy } from '../authorize.ts';
import type { ChatDialect, Maker, Place, Target } from '../provider.ts';
import { toError } from './refusal.ts';
import { toRequest } from './request.ts';
import { fromStream } from './stream.ts';

/** How Claude is reached in one place. */
export type Address = {
  readonly url: (place: Place, model: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** The request with the model, or what stands for it there. */
  readonly body: (request: JsonObject, model: string) => JsonObject;
  /** Whether files kept there can be named. */
  readonly files: boolean;
  /** Whether instructions may stand between the messages, for models that heed them. */
  readonly laterSystem: boolean;
};

const direct: Address = {
  url: ({ baseUrl }) => `${baseUrl}/v1/messages`,
  headers: { 'anthropic-version': '2023-06-01' },
  body: (request, model) => ({ model, ...request }),
  files: true,
  laterSystem: true,
};

/** https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai */
const onVertex: Address = {
  url: ({ baseUrl, project = '', region = '' }, model) =>
    `${baseUrl}/v1/projects/${project}/locations/${region}/publishers/anthropic/models/${segment(model)}:streamRawPredict`,
  headers: {},
  body: (request) => ({ anthropic_version: 'vertex-2023-10-16', ...request }),
  files: false,
  laterSystem: false,
};

const FILES_BETA = 'files-api-2025-04-14';

/** Anthropic's Messages as a dialect, spoken at one address. Always asked for a stream: one translation serves both. */
export function anthropicDialect({ url, headers, body, files, laterSystem }: Address): ChatDialect {
  return {
    toProvider: (request: ChatRequest, { provider: { name, place }, model }: Target) => {
      const translated = toRequest(request, { provider: name, model, files, laterSystem });
      return {
        outbound: {
          via: 'http',
          method: 'POST',
          url: url(place, model),
          headers: {
            'content-type': 'application/json',
            accept: 'text/event-stream',
            ...headers,
            ...(translated.namesFiles && { 'anthropic-beta': FILES_BETA }),
          },
          body: JSON.stringify(body(translated.body, model)),
        },
        dropped: translated.dropped,
      };
    },
    fromStream,
    oneWay: true,
    toError,
  };
}

/** Claude on Vertex AI: place and model in the path, the version in the body. */
export const vertexAnthropicDialect: ChatDialect = anthropicDialect(onVertex);

const messages = anthropicDialect(direct);
const KEY = 'ANTHROPIC_API_KEY';

/** Anthropic itself. */
export const anthropicMaker: Maker = {
  fromEnvironment: (env) => (env[KEY] ? { credential: `env:${KEY}` } : undefined),
  switchOn: `set ${KEY}`,
  problem: () => undefined,
  make: (name, { baseUrl = 'https://api.anthropic.com', credential }) => ({
    name,
    place: { baseUrl: baseUrl.replace(/\/v1$/, '') }, // the version is in our paths
    ...(credential !== undefined && { credential }),
    authorize: authorizeBy(baseUrl, (secret) => ({ 'x-api-key': secret })),
    chat: () => messages,
  }),
};

/** A model's name as one segment of a path; `@` may stand there as it is. */
const segment = (model: string) => encodeURIComponent(model).replaceAll('%40', '@');
