import { authorizeBy, bearer } from '../authorize.ts';
import { cohereEmbeddings } from '../embeddings/cohere.ts';
import type { ChatDialect, Maker } from '../provider.ts';
import { toError } from './refusal.ts';
import { toBody } from './request.ts';
import { fromStream } from './stream.ts';

const BASE_URL = 'https://api.cohere.com';
/** The name Cohere's own SDK reads, and the one many use. */
const KEYS = ['CO_API_KEY', 'COHERE_API_KEY'];

/** Cohere's v2 chat. https://docs.cohere.com/reference/chat-stream */
const dialect: ChatDialect = {
  toProvider(request, target) {
    const { body, dropped } = toBody(request, target);
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const url = `${target.provider.place.baseUrl}/v2/chat`;
    return { outbound: { via: 'http', method: 'POST', url, headers, body: JSON.stringify(body) }, dropped };
  },
  fromStream,
  oneWay: true,
  toError,
};

/** Cohere, in its own dialect. */
export const cohereMaker: Maker = {
  fromEnvironment: (env) => {
    const name = KEYS.find((each) => env[each]);
    return name === undefined ? undefined : { credential: `env:${name}` };
  },
  switchOn: `set ${KEYS[0]}`,
  problem: () => undefined,
  make: (name, { baseUrl = BASE_URL, credential }) => ({
    name,
    place: { baseUrl },
    ...(credential !== undefined && { credential }),
    authorize: authorizeBy(baseUrl, bearer),
    chat: () => dialect,
    embed: () => cohereEmbeddings,
  }),
};
