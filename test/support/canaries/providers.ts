import type { ServerResponse } from 'node:http';
import { readText } from '../../../lib/wire/text.ts';
import { nobody, serveHttp, serveTcp } from '../server.ts';
import { beginStream, ending, event, wholeAnswer } from '../upstream.ts';
import { faults } from './faults.ts';
import { KEY, type ProviderName, providerKeys, providerNames, variableOf, WORD } from './secrets.ts';

/** A request as it reached a provider, all of it. */
export type Reached = { readonly provider: ProviderName; readonly text: string };

/** Providers that do what the model is called after, and answer where it is called after nothing they know. */
export async function openTellers(callersKey: () => string) {
  const reached: Reached[] = [];
  const { url, close } = await serveHttp(async (request, response) => {
    response.shouldKeepAlive = false; // or a reset might be one of a kept connection, which is tried again
    const path = request.url ?? '';
    const body = await readText(request);
    const provider = nameIn(path);
    reached.push({ provider, text: JSON.stringify([path, request.rawHeaders, body]) });
    const model = /\b(?:models?|deployments)\/([^/:?]+)/.exec(path)?.[1] ?? String(JSON.parse(body).model);
    const stream = /"stream":true/.test(body) || /stream/i.test(path);
    const fault = faults[model];
    if (fault === undefined) answer(stream, { path, body }, response);
    else fault({ key: providerKeys[provider], callersKey: callersKey(), stream, provider }, response);
  });
  const junk = await serveTcp((socket) => void socket.end(`${KEY} ${WORD} is no HTTP\r\n\r\n`));
  const plain = url.replace('http:', 'https:');
  const at = (name: string, baseUrl: string, more: object = {}) => ({
    [name]: { baseUrl, allowPrivate: true, credential: `env:${variableOf('lab')}`, kind: 'openai-compatible', ...more },
  });
  const known = providerNames.map((name) => [
    name,
    {
      baseUrl: `${url}/${name}`,
      allowPrivate: true,
      credential: `env:${variableOf(name)}`,
      ...(name === 'lab' && { kind: 'openai-compatible' }),
      ...(name === 'vertex' && { project: 'trips', region: 'europe-west1' }),
      ...(name === 'bedrock' && { region: 'eu-west-3' }),
    },
  ]);
  return {
    reached,
    /** Their configuration; some are not to be reached at all, and some have no key. */
    providers: {
      ...Object.fromEntries(known),
      ...at('gone', await nobody()),
      ...at('untrusted', plain),
      ...at('nowhere', 'https://nowhere.invalid/v1'),
      ...at('junk', junk.url),
      ...at('keyless', `${url}/lab`, { credential: 'env:NOT_SET' }),
      ...at('locked', `${url}/lab`, { credential: 'secret:sluice/locked' }),
    },
    close: async () => {
      await close();
      await junk.close();
    },
  };
}

/** Those that fail without being asked. */
export const unreachable = ['gone', 'untrusted', 'nowhere', 'junk', 'keyless', 'locked'] as const;

function nameIn(path: string): ProviderName {
  const [, name] = path.split('/');
  const known = providerNames.find((each) => each === name);
  if (known === undefined) throw new Error(`Nobody is at ${path}.`);
  return known;
}

/** Answers of words that nobody else may read. */
function answer(
  stream: boolean,
  { path, body }: { readonly path: string; readonly body: string },
  response: ServerResponse,
) {
  const text = `${WORD} of the answer`;
  if (!stream) return void wholeAnswer(text)({ path, headers: {}, body: JSON.parse(body) }, response);
  beginStream(response);
  response.end(event({ reasoning_content: `${WORD} of a thought` }) + event({ content: text }) + ending);
}
