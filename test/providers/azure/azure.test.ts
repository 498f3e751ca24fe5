import { describe, expect, test } from 'vitest';
import { toRates } from '../../../lib/catalog/price.ts';
import { azureMaker } from '../../../lib/providers/azure/azure.ts';
import { arriving } from '../../support/bytes.ts';
import { chunk, delta, done, said, usage } from '../../support/compatible-stream.ts';
import { hello, provider, sent } from '../compatible/asking.ts';

const resource = 'https://house.openai.azure.com';
const azure = provider('azure', { baseUrl: resource });
const origin = { provider: 'azure', stamp: { id: 'chatcmpl-ours', created: 1_800_000_000, model: 'ours' } };

describe('Azure', () => {
  test.each([
    [{}, `${resource}/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21`],
    [
      { apiVersion: '2025-04-01-preview' },
      `${resource}/openai/deployments/my%20gpt/chat/completions?api-version=2025-04-01-preview`,
    ],
    [{ apiVersion: 'v1' }, `${resource}/openai/v1/chat/completions`],
    [
      { baseUrl: `${resource}/openai` },
      `${resource}/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21`,
    ],
    [{ baseUrl: `${resource}/openai/v1` }, `${resource}/openai/v1/chat/completions`],
    [
      { baseUrl: `${resource}/openai/v1`, apiVersion: 'preview' },
      `${resource}/openai/v1/chat/completions?api-version=preview`,
    ],
  ])('with %j is asked at %s', (settings, url) => {
    const request = sent(provider('azure', { baseUrl: resource, ...settings }), {}, 'my gpt');
    expect(request).toMatchObject({ url, body: { model: 'my gpt', messages: hello }, dropped: [] });
  });

  test('finds embeddings beside chats', () => {
    const target = { name: 'azure/e', provider: azure, model: 'e', price: toRates({ input: 1, output: 1 }) };
    expect(azure.embed?.('e')?.toProvider({ model: 'azure/e', input: ['x'] }, target).outbound).toMatchObject({
      url: `${resource}/openai/deployments/e/embeddings?api-version=2024-10-21`,
    });
  });

  test('is given a key as api-key, and a token of Entra as Bearer', () => {
    const { dropped: _, body: __, ...outbound } = sent(azure, {});
    const headers = (secret: string) => {
      const authorized = azure.authorize({ ...outbound, body: '' }, secret);
      return authorized.via === 'http' ? authorized.headers : {};
    };
    expect(headers('0123456789abcdef')).toMatchObject({ 'api-key': '0123456789abcdef' });
    expect(headers('0123456789abcdef')).not.toHaveProperty('authorization');
    const token = 'eyJ0eXAi.eyJhdWQi.c2ln-bmF0_dXJl';
    expect(headers(token)).toMatchObject({ authorization: `Bearer ${token}` });
    expect(headers(token)).not.toHaveProperty('api-key');
  });

  test('is switched on by a key and an endpoint together', () => {
    const both = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: `${resource}/` };
    expect(azureMaker.fromEnvironment(both)).toEqual({ baseUrl: resource, credential: 'env:AZURE_OPENAI_API_KEY' });
    expect(azureMaker.fromEnvironment({ ...both, OPENAI_API_VERSION: '2025-01-01-preview' })).toMatchObject({
      apiVersion: '2025-01-01-preview',
    });
    expect(azureMaker.fromEnvironment({ AZURE_OPENAI_API_KEY: 'k' })).toBeUndefined();
    expect(azureMaker.fromEnvironment({ AZURE_OPENAI_ENDPOINT: resource })).toBeUndefined();
    expect(azureMaker.problem({})).toContain('baseUrl');
    expect(azureMaker.problem({ baseUrl: resource })).toBeUndefined();
  });

  // Synthetic, after https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
  const filtered = {
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
  };
  test.each([
    [404, { error: { type: 'invalid_request_error', code: 'DeploymentNotFound', message: 'x' } }, 'model_not_found'],
    [400, { error: filtered }, 'content_filter'],
    [400, { error: { ...filtered, code: 'BadRequest' } }, 'content_filter'],
    [401, { error: { code: '401', message: 'Access denied.' } }, 'provider_credentials'],
    [429, { error: { code: 'RateLimitReached', message: 'x' } }, 'rate_limit_exceeded'],
  ])('of %i (%j) is %s', (status, body, code) => {
    expect(azure.chat('m').toError(status, {}, JSON.stringify(body), 'azure').code).toBe(code);
  });

  test('that filtered an answer away answers with nothing', () => {
    const choices = [
      { index: 0, content_filter_results: { hate: { filtered: true } }, finish_reason: 'content_filter' },
    ];
    const whole = azure.chat('m').fromWhole?.(JSON.stringify({ id: 'x', created: 1, model: 'm', choices }), origin);
    expect(whole?.choices).toEqual([{ ...choices[0], message: { role: 'assistant', content: null, refusal: null } }]);
  });

  test('with a filter that runs beside the answer is read without a hitch', async () => {
    const events = [
      said({ id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] }),
      chunk([delta({ role: 'assistant', content: 'Hi' })], { obfuscation: 'abc' }),
      chunk(
        [
          {
            index: 0,
            finish_reason: null,
            content_filter_results: { hate: {} },
            content_filter_offsets: { end_offset: 2 },
          },
        ],
        { id: '', model: '', created: 0 },
      ),
      chunk([delta({}, 0, 'stop')]),
      chunk(
        [
          {
            index: 0,
            finish_reason: null,
            content_filter_results: { hate: {} },
            content_filter_offsets: { end_offset: 9 },
          },
        ],
        { id: '', model: '', created: 0 },
      ),
      chunk([], { usage }),
      done,
    ].map((each) => Buffer.from(each));
    const chunks = (await Array.fromAsync(azure.chat('m').fromStream(arriving(events), origin))).flat();
    expect(chunks.map(({ id, choices }) => [id, choices[0]?.delta, choices[0]?.finish_reason])).toEqual([
      ['v-1', { role: 'assistant', content: 'Hi' }, null],
      ['v-1', {}, null],
      ['v-1', {}, null],
      ['v-1', {}, 'stop'],
      ['v-1', undefined, undefined],
    ]);
  });
});
