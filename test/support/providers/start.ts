import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { readText } from '../../../lib/wire/text.ts';
import { serveHttp } from '../server.ts';
import type { Asked } from '../upstream.ts';
import { anthropic, vertexClaude } from './anthropic.ts';
import { azure } from './azure.ts';
import { bedrock } from './bedrock.ts';
import { cohere } from './cohere.ts';
import { gemini, vertexGemini } from './gemini.ts';
import { lab } from './lab.ts';
import { demand, type Opened, providerKey, Refused, type Reply, type Script } from './script.ts';
import type { Said } from './story.ts';

const scripts: readonly Script[] = [anthropic, vertexClaude, gemini, vertexGemini, bedrock, azure, cohere, lab];

/** A request that reached a provider, and why it was refused if it was. */
export type Visit = Asked & { readonly prompt: string; readonly refused?: string };

/** All providers on one socket, and the configuration that sends a gateway there. */
export async function startProviders() {
  /** What was said in each conversation, by its prompt and by turn, whoever said it. */
  const memory = new Map<string, Said[]>();
  const visits: Visit[] = [];
  let given = 0;

  const converse = (script: Script, asked: Asked, opened: Opened): Reply => {
    const { writer, prompt, ids } = opened;
    const told = memory.get(prompt) ?? [];
    demand(told.length >= ids.length, 'The conversation holds turns that nobody took.');
    const history = ids.map((each, turn) => recalled(told[turn], each, writer));
    const expected = script.expected(prompt, history, writer);
    demand(
      isDeepStrictEqual(opened.messages, expected),
      `messages: expected ${JSON.stringify(expected)} but found ${JSON.stringify(opened.messages)}`,
    );
    const foreign = [...memory.values()].flat().filter((said) => said.writer !== writer);
    demand(!foreign.some(signedIn(JSON.stringify(asked.body))), "messages: a signature is another model's");
    script.check(asked, history, writer);
    const said = script.say(ids.length, `${++given}`.padStart(6, '0'), writer, asked);
    memory.set(prompt, [...told.slice(0, ids.length), said]);
    return script.answer(said, ids.length, asked);
  };

  const { url, close } = await serveHttp(async (request: IncomingMessage, response: ServerResponse) => {
    const asked: Asked = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(await readText(request)),
    };
    const script = scripts.find(({ serves }) => serves(asked.path));
    if (script === undefined) return void response.writeHead(404).end();
    let prompt = '';
    try {
      const opened = script.open(asked);
      prompt = opened.prompt;
      const reply = converse(script, asked, opened);
      visits.push({ ...asked, prompt });
      send(reply, response);
    } catch (error) {
      const refused = error instanceof Refused ? error.message : `${error instanceof Error ? error.stack : error}`;
      visits.push({ ...asked, prompt, refused });
      send(script.refuse(refused), response);
    }
  });
  return { url, close, visits: (prompt: string) => visits.filter((visit) => visit.prompt === prompt) };
}

/** A turn as this reader must find it: with its own thoughts and nobody else's, and with whatever ids its calls were given. */
function recalled(said: Said | undefined, ids: readonly (string | undefined)[], reader: string): Said {
  if (said === undefined) throw new Refused('This turn was never taken.');
  const calls = said.calls.map((call, at) => {
    const id = call.id ?? ids[at];
    demand(id === undefined || /^[\w-]{1,64}$/.test(id), `${id} is no id: letters, digits, underscores and hyphens`);
    return { ...call, ...(id !== undefined && { id }) };
  });
  return { ...said, calls, thoughts: said.writer === reader ? said.thoughts : [] };
}

const signedIn = (body: string) => (said: Said) =>
  said.thoughts.some(({ signature, redacted }) =>
    [signature, redacted, redacted && Buffer.from(redacted).toString('base64')].some(
      (each) => each !== undefined && each !== '' && body.includes(each),
    ),
  );

function send({ status, headers, pieces }: Reply, response: ServerResponse): void {
  response.writeHead(status, headers);
  for (const piece of pieces) response.write(piece);
  response.end();
}

/** The configuration of a gateway whose every provider is at `url`. */
export function configAt(url: string): Record<string, unknown> {
  const at = (name: string, more: object = {}) => ({
    [name]: { baseUrl: `${url}/${name}`, allowPrivate: true, credential: 'env:SCRIPTED_KEY', ...more },
  });
  return {
    providers: {
      ...at('anthropic'),
      ...at('gemini'),
      ...at('vertex', { project: 'trips', region: 'europe-west1' }),
      ...at('azure'),
      ...at('cohere'),
      ...at('lab', { kind: 'openai-compatible' }),
      bedrock: { baseUrl: `${url}/bedrock`, allowPrivate: true, region: 'eu-west-3' },
    },
    prices: { '*': { input: 1, output: 2 } },
  };
}

/** The environment that goes with it: keys, and credentials of AWS by which Bedrock's requests are signed. */
export const environment = {
  SCRIPTED_KEY: providerKey,
  AWS_ACCESS_KEY_ID: 'AKIDSCRIPTED',
  AWS_SECRET_ACCESS_KEY: 'scripted',
};
