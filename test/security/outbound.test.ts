import { once } from 'node:events';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inbound, send } from '../support/canaries/request.ts';
import { KEY } from '../support/canaries/secrets.ts';
import { type House, openHouse } from '../support/door.ts';
import { hubKeys, hubProviders, keyOf, openHub, says } from '../support/security/hub.ts';
import { serveTcp } from '../support/server.ts';

let hub: Awaited<ReturnType<typeof openHub>>;
let house: House;
let trap: Awaited<ReturnType<typeof serveTcp>>;
let key: string;
let trapped = 0;
beforeAll(async () => {
  hub = await openHub();
  trap = await serveTcp((socket) => {
    trapped++;
    socket.end('HTTP/1.1 200 OK\r\n\r\n');
  });
  house = await openHouse({
    env: hubKeys,
    config: { providers: hub.providers, models: { alias: 'lab/m' }, fallback: 'none' },
  });
  ({ key } = await house.keyOf({ budgets: 'none' }));
});
afterAll(async () => {
  await house?.close();
  await Promise.all([hub?.close(), trap?.close()]);
});
beforeEach(() => {
  hub.reached.length = 0;
  hub.answerWith(says(400));
});

const messages = [{ role: 'user', content: 'Hello' }];
const call = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  send({ url: house.url, key, path, body, headers });

/** Nothing went anywhere but to the providers, by their own paths, each with its own key and no other. */
function expectAtHome() {
  expect(trapped).toBe(0);
  for (const { provider, path, headers, body } of hub.reached) {
    expect([path, hubProviders.some((name) => name === provider)]).toEqual([path, true]);
    expect(headers.host).toBe(new URL(hub.url).host);
    expect([provider, JSON.stringify(headers).includes(keyOf(provider))]).toEqual([provider, true]);
    for (const other of hubProviders)
      if (other !== provider) expect(JSON.stringify([headers, body])).not.toContain(keyOf(other));
  }
}

/** Fields by which gateways let a request say where it goes. */
const steering = (url: string) =>
  [
    ...['base_url', 'baseUrl', 'baseURL', 'api_base', 'api_url', 'apiBase', 'endpoint', 'endpoint_url', 'url', 'uri'],
    ...['host', 'hostname', 'provider', 'providers', 'proxy', 'proxies', 'custom_host', 'customHost', 'aws_endpoint'],
    ...['aws_region_name', 'region', 'vertex_location', 'vertex_project', 'azure_endpoint', 'api_version', 'api_key'],
    ...['extra_headers', 'headers', 'config', 'route', 'fallbacks', 'litellm_params', 'metadata_url', 'callback_url'],
  ].flatMap((name): readonly [string, unknown][] => [
    [name, url],
    [name, { url, base_url: url, only: [url] }],
  ]);
const steeringHeaders = [
  ...['x-base-url', 'x-api-base', 'x-upstream', 'x-target-url', 'x-portkey-custom-host', 'x-portkey-config'],
  ...['x-portkey-provider', 'x-litellm-api-base', 'helicone-target-url', 'helicone-openai-api-base', 'x-proxy-url'],
  ...['x-original-url', 'x-rewrite-url', 'x-forwarded-host', 'x-forwarded-server', 'x-host', 'forwarded', 'origin'],
  ...['referer', 'x-http-method-override', 'openai-base-url', 'x-amz-region', 'x-goog-user-project', 'profile'],
];

describe.each(hubProviders)('a request for %s', (provider) => {
  test('goes there and nowhere else, whatever fields, headers and query it holds', async () => {
    const headers = Object.fromEntries(steeringHeaders.map((name) => [name, trap.url]));
    const query = new URLSearchParams({ base_url: trap.url, model: `${trap.url}/m`, key: 'x', provider: trap.url });
    const image = { type: 'image_url', image_url: { url: `${trap.url}/image.png` } };
    const file = { type: 'file', file: { file_url: `${trap.url}/a.pdf`, file_id: trap.url } };
    const contents = [
      'Hello',
      [{ type: 'text', text: 'See' }, image],
      [file],
      [{ type: 'input_audio', url: trap.url }],
    ];
    const model = `${provider}/m`;
    const fields = steering(trap.url);
    for (const content of contents)
      for (const stream of [false, true])
        await call(`/chat/completions?${query}`, { model, messages: [{ role: 'user', content }], stream }, headers);
    // One by one: some are refused, for they may have another host answer.
    for (const [name, value] of fields) {
      await call('/chat/completions', { model, messages, [name]: value });
      await call('/embeddings', { model: `${provider}/embed`, input: trap.url, [name]: value });
    }
    expect(hub.reached.length).toBeGreaterThan(fields.length / 2);
    expect(hub.reached.every((each) => each.provider === provider)).toBe(true);
    expectAtHome();
  });

  test('stays there, whatever is in the name of its model', async () => {
    const { host } = new URL(trap.url);
    const names = [
      ...[trap.url, `//${host}/m`, `@${host}/m`, `.${host}`, `\\\\${host}\\m`, `m?x=${trap.url}`, `m#@${host}`],
      ...['..', '.', '../m', '../../m', '../../../lab/v1/files', '..%2f..%2fm', '%2e%2e', '%2e%2e/%2e%2e/m', '..;/m'],
      ...['m:generateContent?x=', 'm/../../x', ' m', 'm ', 'm%0d%0aHost: x', `arn:aws:bedrock:${host}/:1:model/m`],
    ];
    for (const name of names) {
      for (const stream of [false, true])
        await call('/chat/completions', { model: `${provider}/${name}`, messages, stream });
      await call('/embeddings', { model: `${provider}/${name}`, input: 'Hello' });
    }
    expect(hub.reached.every((each) => each.provider === provider)).toBe(true);
    // A path is what the dialect says, with a name in it: nothing that was named took a step up or out.
    for (const { path } of hub.reached) expect([path, known(provider).test(path)]).toEqual([path, true]);
    expectAtHome();
  });

  test.each([301, 302, 303, 307, 308])(
    'does not go on to where a %i points, with its key or without',
    async (status) => {
      hub.answerWith(says(status, { location: `${trap.url}/v1/chat/completions`, refresh: `0; url=${trap.url}` }));
      for (const stream of [false, true]) {
        const { status } = await call('/chat/completions', { model: `${provider}/m`, messages, stream });
        expect(status).toBe(502);
      }
      await call('/embeddings', { model: `${provider}/cohere.embed-v3`, input: 'Hello' });
      expectAtHome();
    },
  );

  test('takes along no header of its caller, whatever it is called', async () => {
    await call('/chat/completions', { model: `${provider}/m`, messages }, inbound);
    await call('/embeddings', { model: `${provider}/embed`, input: 'Hello' }, inbound);
    expect(hub.reached.length).toBeGreaterThan(0);
    for (const { headers } of hub.reached) {
      expect(Object.keys(headers).filter((name) => !goesOut(name))).toEqual([]);
      expect(JSON.stringify(headers)).not.toContain(KEY);
      expect(JSON.stringify(headers)).not.toContain(key);
    }
    expectAtHome();
  });
});

/** The headers we send: the dialect's own, and those of HTTP and of AWS's client. */
const goesOut = (name: string): boolean =>
  /^(host|connection|content-(type|length)|accept|authorization|api-key|x-api-key|x-goog-api-key|anthropic-version|traceparent)$/.test(
    name,
  ) || /^(amz-sdk-(invocation-id|request)|x-amz-(date|content-sha256|user-agent)|user-agent)$/.test(name);

/** The paths of each dialect. */
function known(provider: string): RegExp {
  const name = '[^/?#]+'; // one segment, whatever was named
  switch (provider) {
    case 'anthropic':
      return /^\/anthropic\/v1\/messages$/;
    case 'gemini':
      return new RegExp(`^/gemini/v1beta/models/${name}:(streamGenerateContent\\?alt=sse|batchEmbedContents)$`);
    case 'vertex':
      return new RegExp(
        `^/vertex/v1/projects/trips/locations/europe-west1/publishers/(google|anthropic)/models/${name}:\\w+(\\?alt=sse)?$`,
      );
    case 'azure':
      return new RegExp(
        `^/azure/openai/deployments/(?!\\.{1,2}/)${name}/(chat/completions|embeddings)\\?api-version=2024-10-21$`,
      );
    case 'bedrock':
      return new RegExp(`^/bedrock/model/(?!\\.{1,2}/)${name}/(converse-stream|invoke)$`);
    case 'cohere':
      return /^\/cohere\/v2\/(chat|embed)$/;
    default:
      return /^\/(openai|lab)\/(v1\/)?(chat\/completions|embeddings)$/;
  }
}

describe('the door itself', () => {
  /** Sends these bytes, and gives what came back. */
  async function bytes(head: readonly string[], body = ''): Promise<string> {
    const socket = createConnection(house.door.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
    return text(socket);
  }
  const authorization = () => `authorization: Bearer ${key}`;

  test('is no proxy: a request for another host is one for ours', async () => {
    const body = JSON.stringify({ model: 'lab/m', messages });
    const type = 'content-type: application/json';
    const { host } = new URL(trap.url);
    const asked = (line: string) => bytes([line, `host: ${host}`, authorization(), type], body);
    expect(await asked(`POST ${trap.url}/v1/chat/completions HTTP/1.1`)).toMatch(/^HTTP\/1.1 400/); // the provider's
    expect(hub.reached).toHaveLength(1);
    expect(await asked(`POST //${host}/v1/chat/completions HTTP/1.1`)).toMatch(/^HTTP\/1.1 404/);
    expect(await asked(`POST @${host}/v1/chat/completions HTTP/1.1`)).toMatch(/^HTTP\/1.1 4/);
    expect(await asked(`CONNECT ${host} HTTP/1.1`)).not.toMatch(/^HTTP\/1.1 2/);
    expect(hub.reached).toHaveLength(1);
    expectAtHome();
  });

  test.each([
    ['two lengths', ['content-length: 3']],
    ['a length and chunks', ['transfer-encoding: chunked']],
    ['chunks of another name', ['transfer-encoding: xchunked']],
    ['a header that goes on in the next line', ['x-folded: one', ' authorization: Bearer two']],
    ['a space before a colon', ['authorization : Bearer two']],
  ])('refuses a request with %s, which a proxy in front might read otherwise', async (_, lines) => {
    const head = ['POST /v1/chat/completions HTTP/1.1', 'host: sluice', authorization(), ...lines];
    const body = `${JSON.stringify({ model: 'lab/m', messages })}GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n`;
    const answer = await bytes([...head, 'content-type: application/json'], body);
    expect(answer).toMatch(/^HTTP\/1.1 400/);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(hub.reached).toEqual([]);
  });
});
