import { authorizeBy } from '../authorize.ts';
import { geminiEmbeddings } from '../embeddings/gemini.ts';
import type { Maker } from '../provider.ts';
import { geminiDialect } from './dialect.ts';

/** Names a key may have in the environment; the first that is set counts. */
const KEY_VARIABLES = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] as const;

const chat = geminiDialect(({ baseUrl }, model) => `${baseUrl}/v1beta/models/${model}`);

/** The Gemini API, by key. */
export const geminiMaker: Maker = {
  fromEnvironment: (env) => {
    const found = KEY_VARIABLES.find((name) => env[name]);
    return found === undefined ? undefined : { credential: `env:${found}` };
  },
  switchOn: 'set GEMINI_API_KEY',
  problem: () => undefined,
  make: (name, { baseUrl = 'https://generativelanguage.googleapis.com', credential }) => ({
    name,
    place: { baseUrl: baseUrl.replace(/\/v1beta$/, '') }, // the version is in our paths
    ...(credential !== undefined && { credential }),
    authorize: authorizeBy(baseUrl, (key) => ({ 'x-goog-api-key': key })),
    chat: () => chat,
    embed: () => geminiEmbeddings,
  }),
};
