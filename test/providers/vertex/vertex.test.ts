import { describe, expect, test } from 'vitest';
import { toRates } from '../../../lib/catalog/price.ts';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { vertexMaker } from '../../../lib/providers/vertex/vertex.ts';

const settings = { project: 'acme', region: 'europe-west4' };
const price = toRates({ input: 0, output: 0 });

function urlOf(model: string, region = settings.region) {
  const provider = vertexMaker.make('vertex', { ...settings, region });
  const request = toChatRequest({ model, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });
  const { outbound } = provider.chat(model).toProvider(request, { name: `vertex/${model}`, provider, model, price });
  return outbound.via === 'http' ? outbound.url : '';
}

describe('Vertex AI', () => {
  test.each([
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com'],
    ['global', 'https://aiplatform.googleapis.com'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
  ])('in %s is at %s', (region, host) => {
    expect(urlOf('gemini-2.5-flash', region)).toBe(
      `${host}/v1/projects/acme/locations/${region}/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse`,
    );
  });

  test('has Anthropic’s models too, in their own words', () => {
    expect(urlOf('claude-sonnet-4-5@20250929')).toMatch(
      /^https:\/\/europe-west4-aiplatform\.googleapis\.com\/v1\/projects\/acme\/locations\/europe-west4\/publishers\/anthropic\/models\/claude-sonnet-4-5(@|%40)20250929:streamRawPredict$/,
    );
  });

  test('is paid for by a token: of the account that is configured, or of the one the gateway runs as', () => {
    expect(vertexMaker.make('vertex', settings).credential).toBe('google:adc');
    expect(vertexMaker.make('vertex', { ...settings, credential: 'secret:vertex' }).credential).toBe(
      'google:secret:vertex',
    );
  });

  test('needs a project and a region', () => {
    expect(vertexMaker.problem({})).toBe('needs a project and a region');
    expect(vertexMaker.problem({ project: 'acme' })).toBe('needs a region');
    expect(vertexMaker.problem(settings)).toBeUndefined();
  });

  test.each([
    [{ GOOGLE_CLOUD_PROJECT: 'acme', GOOGLE_CLOUD_LOCATION: 'eu' }, undefined],
    [{ GOOGLE_CLOUD_PROJECT: 'acme', GOOGLE_APPLICATION_CREDENTIALS: '/key.json' }, undefined],
    [
      { GOOGLE_CLOUD_PROJECT: 'acme', GOOGLE_CLOUD_LOCATION: 'eu', GOOGLE_APPLICATION_CREDENTIALS: '/key.json' },
      { project: 'acme', region: 'eu' },
    ],
    [
      { VERTEX_PROJECT: 'acme', GOOGLE_CLOUD_LOCATION: 'eu', GOOGLE_GENAI_USE_VERTEXAI: 'true' },
      { project: 'acme', region: 'eu' },
    ],
    [
      { VERTEX_PROJECT: 'acme', VERTEX_LOCATION: 'eu', VERTEX_CREDENTIALS: '{}' },
      { project: 'acme', region: 'eu', credential: 'env:VERTEX_CREDENTIALS' },
    ],
  ])('an environment of %j means %j', (env, expected) => {
    expect(vertexMaker.fromEnvironment(env)).toEqual(expected);
  });
});
