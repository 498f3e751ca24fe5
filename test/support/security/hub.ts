import type { ServerResponse } from 'node:http';
import { readText } from '../../../lib/wire/text.ts';
import { serveHttp } from '../server.ts';

/** What reached a provider. */
export type Reached = {
  readonly provider: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type HubScript = (reached: Reached, response: ServerResponse) => void;

/** Every kind of provider there is, each with a key that no other has. */
const settings = {
  openai: {},
  lab: { kind: 'openai-compatible' as const },
  anthropic: {},
  gemini: {},
  cohere: {},
  azure: { apiVersion: '2024-10-21' },
  vertex: { project: 'trips', region: 'europe-west1' },
  bedrock: { region: 'eu-west-3' },
} as const;

export type HubProvider = keyof typeof settings;
export const hubProviders = ['openai', 'lab', 'anthropic', 'gemini', 'cohere', 'azure', 'vertex', 'bedrock'] as const;
export const keyOf = (provider: string): string => `own.key.of.${provider}`;
const variableOf = (provider: string) => `${provider.toUpperCase()}_HUB_KEY`;

/** What the environment of a gateway must hold for these providers. */
export const hubKeys = Object.fromEntries(hubProviders.map((name) => [variableOf(name), keyOf(name)]));

/** All providers on one socket, which answer as scripted and remember what reached them. */
export async function openHub() {
  const reached: Reached[] = [];
  let script: HubScript = says(500);
  const { url, close } = await serveHttp(async (request, response) => {
    const path = request.url ?? '';
    const headers: Record<string, string> = {};
    for (let at = 0; at < request.rawHeaders.length; at += 2)
      headers[(request.rawHeaders[at] ?? '').toLowerCase()] = request.rawHeaders[at + 1] ?? '';
    const one = { provider: path.split('/')[1] ?? '', path, headers, body: await readText(request) };
    reached.push(one);
    script(one, response);
  });
  const providers = hubProviders.map((name) => [
    name,
    { ...settings[name], baseUrl: `${url}/${name}`, allowPrivate: true, credential: `env:${variableOf(name)}` },
  ]);
  return {
    url,
    reached,
    answerWith: (next: HubScript) => {
      script = next;
    },
    providers: Object.fromEntries(providers),
    close,
  };
}

/** Refuses, with these headers. */
export const says =
  (status: number, headers: Readonly<Record<string, string>> = {}): HubScript =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end('{"error":{"message":"No."}}');
