import { request as ask } from 'node:http';
import { readText } from '../../../lib/wire/text.ts';
import { KEY, WORD } from './secrets.ts';

/** Headers in which people send secrets, or in which secrets travel by themselves; none is the gateway's to pass on. */
const HEADERS = [
  ...['x-authorization', 'proxy-authorization', 'x-forwarded-authorization', 'x-original-authorization'],
  ...['x-api-key', 'api-key', 'apikey', 'x-goog-api-key', 'x-goog-user-project', 'ocp-apim-subscription-key'],
  ...['x-openai-api-key', 'x-anthropic-api-key', 'x-portkey-api-key', 'helicone-auth', 'x-litellm-api-key'],
  ...['cookie', 'x-csrf-token', 'x-xsrf-token', 'x-auth-token', 'x-access-token', 'x-session-id', 'x-user-token'],
  ...['x-amz-security-token', 'x-amz-date', 'x-amz-content-sha256', 'x-amzn-oidc-data', 'x-amzn-trace-id'],
  ...['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip'],
  ...['cf-access-jwt-assertion', 'x-goog-iap-jwt-assertion', 'x-ms-token-aad-access-token', 'x-vercel-oidc-token'],
  ...['baggage', 'x-b3-traceid', 'sentry-trace', 'x-correlation-id', 'x-request-id', 'referer', 'origin'],
  ...['user-agent', 'openai-organization', 'openai-project', 'anthropic-beta', 'anthropic-version', 'x-custom'],
];

/** What a proxy or a browser may send along with every call. */
export const inbound: Readonly<Record<string, string>> = {
  ...Object.fromEntries(HEADERS.map((name) => [name, `${KEY}.header.${name}`])),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: `vendor=${KEY}.header.tracestate`,
};

const image = `data:image/png;base64,${Buffer.from(`  ${WORD} in an image`).toString('base64')}`;
const tool = { name: 'look_up', description: `${WORD} of a tool`, parameters: { type: 'object', properties: {} } };

/** A conversation with a word at every place that holds what somebody said. */
export const conversation = (more: object = {}) => ({
  messages: [
    { role: 'system', content: `${WORD} of the system` },
    {
      role: 'user',
      content: [
        { type: 'text', text: `${WORD} of the user` },
        { type: 'image_url', image_url: { url: image } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: `{"at":"${WORD} of a call"}` } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: `${WORD} of a result` },
    { role: 'user', content: `${WORD} of the user, again` },
  ],
  tools: [{ type: 'function', function: tool }],
  stop: [`${WORD} to stop at`],
  metadata: { about: 'nothing secret' },
  seed: 7,
  vendor_extra: `${WORD} of an unknown parameter`,
  max_tokens: 50,
  ...more,
});

export type Call = {
  readonly url: string;
  readonly key?: string;
  readonly path?: string;
  readonly body: object | string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for who leaves as soon as there is anything to read. */
  readonly leaves?: boolean;
};

/** What came back: the status, and all that could hold a secret. */
export type Answer = { readonly status: number; readonly headers: string; readonly body: string };

/** Sends a call with all headers, by means that leave them as they are. */
export async function send({
  url,
  key,
  path = '/chat/completions',
  body,
  headers = {},
  leaves = false,
}: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const sent = ask(`${url}${path}?key=${KEY}.query`, {
    method: 'POST',
    headers: { ...inbound, ...authorization, 'content-type': 'application/json', ...headers },
  });
  sent.on('error', reject);
  sent.on('response', async (response) => {
    if (leaves) response.once('data', () => sent.destroy());
    const text = await readText(response).catch((error: Error) => `broken off: ${error.message}`);
    resolve({ status: response.statusCode ?? 0, headers: JSON.stringify(response.rawHeaders), body: text });
  });
  sent.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  return promise;
}
