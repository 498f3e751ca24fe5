import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publishedTerms } from '../../lib/catalog/published-terms.ts';
import { joined, type Reach, type Region, reachOf, regions } from '../../lib/catalog/regions.ts';
import { termsOf } from '../../lib/catalog/terms.ts';
import { withTerms } from '../../lib/catalog/terms-table.ts';
import { anthropicMaker } from '../../lib/providers/anthropic/anthropic.ts';
import { cohereMaker } from '../../lib/providers/cohere/cohere.ts';
import { geminiMaker } from '../../lib/providers/gemini/gemini.ts';
import { vendors } from '../../lib/providers/vendors.ts';
import { root } from '../support/gateway.ts';

const providers = [...Object.keys(vendors), 'anthropic', 'azure', 'bedrock', 'cohere', 'gemini', 'vertex'];
const native = { anthropic: anthropicMaker, cohere: cohereMaker, gemini: geminiMaker };

test('the table of the README says what is noted; npm run terms writes it', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect(readme).toContain('<!-- terms -->');
  expect(withTerms(readme)).toBe(readme);
});

describe('what is published', () => {
  test('is noted of every provider there is, and of no other', () => {
    expect(Object.keys(publishedTerms).sort()).toEqual(providers.sort());
  });

  test.each(Object.entries(publishedTerms))(
    'by %s is noted with where and when it was read, and nothing that was not',
    (_, each) => {
      expect(each.sources.length).toBeGreaterThan(0);
      for (const source of each.sources) expect(source).toMatch(/^https:\/\/[\w.-]+\.[a-z]+(\/|$)/);
      const { hosts, retention, zero, read } = each;
      if (read === undefined)
        expect({ hosts, retention, zero }).toEqual({ hosts: {}, retention: 'unknown', zero: 'unknown' });
      else expect(read).toMatch(/^2026-\d\d-\d\d$/);
      if (each.zero === 'always') expect(each.retention).toBe('none');
      if (each.retention === 'none') expect(each.zero).toBe('always');
    },
  );

  test.each([
    ...Object.entries(vendors).map(([name, { baseUrl }]) => [name, baseUrl] as const),
    ...Object.entries(native).map(([name, maker]) => [name, maker.make(name, {}).place.baseUrl] as const),
  ])('by %s is of the host that is called, where anything is', (name, baseUrl) => {
    const { hosts = {} } = publishedTerms[name] ?? {};
    if (Object.keys(hosts).length > 0) expect(Object.keys(hosts)).toContain(new URL(baseUrl ?? '').host);
  });
});

const at = (provider: string, baseUrl: string, model = 'm') => termsOf(provider, { baseUrl }, model);

describe('a provider with several hosts', () => {
  test.each<[string, string, Reach]>([
    ['openai', 'https://api.openai.com/v1', 'anywhere'],
    ['openai', 'https://eu.api.openai.com/v1', ['eu', 'efta']],
    ['openai', 'https://us.api.openai.com/v1', ['us']],
    ['mistral', 'https://api.eu.mistral.ai/v1', ['eu', 'efta']],
    ['openrouter', 'https://eu.openrouter.ai/api/v1', ['eu', 'efta', 'uk']],
    ['xai', 'https://us.api.x.ai/v1', ['us']],
    ['anthropic', 'https://api.anthropic.com', 'anywhere'],
  ])('%s at %s', (provider, baseUrl, reach) => {
    expect(at(provider, baseUrl).reach).toEqual(reach);
  });

  test.each([
    'https://gateway.example/openai',
    'http://eu.api.openai.com/v1',
    'https://eu.api.openai.com:8443/v1',
    'https://eu.api.openai.com.evil.example/v1',
    'https://user@evil.example/eu.api.openai.com',
    'https://constructor/v1',
    'nonsense',
    '',
  ])('is unknown at an address it does not document: %s', (baseUrl) => {
    expect(at('openai', baseUrl)).toEqual({ reach: 'unknown', retention: 'unknown' });
  });

  test('is unknown at a host of a region of which nothing was read', () => {
    expect(at('openai', 'https://ae.api.openai.com/v1').reach).toBe('unknown');
  });

  test('keeps what it says for as long as it says, and nothing of an endpoint nobody knows', () => {
    expect(at('openai', 'https://eu.api.openai.com/v1').retention).toBe(30);
    expect(at('perplexity', 'https://api.perplexity.ai').retention).toBe('none');
    const fireworks = 'https://api.fireworks.ai/inference/v1';
    expect(at('fireworks', fireworks, 'accounts/fireworks/models/glm-5').retention).toBe('none');
    expect(at('fireworks', fireworks, 'accounts/fireworks/routers/glm-5').retention).toBe('unknown');
    for (const name of ['lab', 'constructor', '__proto__'])
      expect(at(name, 'https://api.perplexity.ai')).toEqual({ reach: 'unknown', retention: 'unknown' });
  });

  test('of the gateway’s own stand-in nothing leaves', () => {
    expect(at('sluice', 'https://echo.sluice.invalid/v1')).toEqual({ reach: [], retention: 'none' });
  });
});

test('what an operator states counts instead, each by itself', () => {
  const place = { baseUrl: 'https://llm.lab.example/v1' };
  expect(termsOf('lab', place, 'm', { regions: ['eu'] })).toEqual({ reach: ['eu'], retention: 'unknown' });
  expect(termsOf('lab', place, 'm', { retention: 'none' })).toEqual({ reach: 'unknown', retention: 'none' });
  const openai = { baseUrl: 'https://api.openai.com/v1' };
  expect(termsOf('openai', openai, 'm', { retention: 7 })).toEqual({ reach: 'anywhere', retention: 7 });
});

describe('Bedrock', () => {
  const bedrock = (model: string, region: string, stated?: readonly Region[], baseUrl = '') =>
    termsOf('bedrock', { baseUrl, region }, model, stated && { regions: stated }).reach;

  test.each<[string, string, Reach]>([
    ['anthropic.claude-sonnet-4-6', 'eu-central-1', ['eu']],
    ['amazon.titan-embed-text-v2:0', 'us-east-1', ['us']],
    ['amazon.titan-embed-text-v2:0', 'eu-west-2', ['uk']],
    ['amazon.titan-embed-text-v2:0', 'eu-central-2', ['efta']],
    ['us.anthropic.claude-sonnet-4-6', 'us-west-2', ['us']],
    ['us.anthropic.claude-sonnet-4-6', 'ca-central-1', ['us', 'ca']],
    ['us-gov.anthropic.claude-sonnet-4-6', 'us-gov-west-1', ['us']],
    ['eu.anthropic.claude-sonnet-4-6', 'eu-central-1', ['eu', 'efta', 'uk']],
    ['apac.amazon.nova-pro-v1:0', 'ap-southeast-1', ['ap', 'me']],
    ['jp.anthropic.claude-sonnet-4-6', 'ap-northeast-1', ['ap']],
    ['global.anthropic.claude-sonnet-4-6', 'eu-central-1', 'anywhere'],
    ['xx.anthropic.claude-sonnet-4-6', 'eu-central-1', 'unknown'],
    ['nobody.model-1', 'eu-central-1', 'unknown'],
    ['anthropic.claude-sonnet-4-6', 'eu-nowhere-9', 'unknown'],
    ['arn:aws:bedrock:eu-central-1:1:inference-profile/global.anthropic.claude', 'eu-central-1', 'anywhere'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude', 'us-east-1', ['us']],
    ['arn:aws:bedrock:eu-central-1:1:application-inference-profile/abc', 'eu-central-1', 'unknown'],
    ['arn:aws:bedrock:eu-central-1:1:provisioned-model/abc', 'eu-central-1', 'unknown'],
  ])('%s from %s may be processed in %j', (model, region, reach) => {
    expect(bedrock(model, region)).toEqual(reach);
  });

  test('what its operator states narrows a profile of that part of the world, and no other', () => {
    expect(bedrock('eu.anthropic.claude', 'eu-central-1', ['eu'])).toEqual(['eu']);
    expect(bedrock('arn:aws:bedrock:eu-central-1:1:application-inference-profile/a', 'eu-central-1', ['eu'])).toEqual([
      'eu',
    ]);
    expect(bedrock('us.anthropic.claude', 'eu-central-1', ['eu'])).toEqual(['eu', 'us']);
    expect(bedrock('global.anthropic.claude', 'eu-central-1', ['eu'])).toBe('anywhere');
  });

  test('is known at AWS’s own addresses in its region only', () => {
    const titan = (baseUrl: string) => bedrock('amazon.titan-embed-text-v2:0', 'eu-west-1', undefined, baseUrl);
    expect(titan('https://bedrock-runtime.eu-west-1.amazonaws.com')).toEqual(['eu']);
    expect(titan('https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com')).toEqual(['eu']);
    expect(titan('https://bedrock-runtime.us-east-1.amazonaws.com')).toBe('unknown');
    expect(titan('https://proxy.example')).toBe('unknown');
  });
});

describe('Vertex AI', () => {
  test.each<[string, string, Reach]>([
    ['europe-west1', 'https://europe-west1-aiplatform.googleapis.com', ['eu']],
    ['europe-west2', 'https://europe-west2-aiplatform.googleapis.com', ['uk']],
    ['europe-west6', 'https://europe-west6-aiplatform.googleapis.com', ['efta']],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com', ['eu']],
    ['us', 'https://aiplatform.us.rep.googleapis.com', ['us']],
    ['global', 'https://aiplatform.googleapis.com', 'anywhere'],
    ['europe-west1', 'https://aiplatform.googleapis.com', 'anywhere'],
    ['me-west1', 'https://me-west1-aiplatform.googleapis.com', 'unknown'],
    ['europe-west1', 'https://us-central1-aiplatform.googleapis.com', 'unknown'],
    ['europe-west1', 'https://proxy.example', 'unknown'],
  ])('in %s at %s', (region, baseUrl, reach) => {
    expect(termsOf('vertex', { baseUrl, region }, 'gemini-3-pro').reach).toEqual(reach);
  });
});

test('a region of a cloud that nobody knows is nowhere in particular', () => {
  for (const region of [undefined, '', 'eu', 'europe', 'eu-west-9', 'us-east-1x', 'xus-east-1'])
    expect(reachOf('aws', region)).toBe('unknown');
});

test('two reaches together are never less than either', () => {
  const reach = fc.oneof(fc.constantFrom<Reach>('anywhere', 'unknown'), fc.subarray([...regions]));
  fc.assert(
    fc.property(reach, reach, (one, other) => {
      const both = joined(one, other);
      if (typeof both === 'string') expect([one, other]).toContain(both);
      else for (const each of [one, other]) for (const region of each) expect(both).toContain(region);
      expect(joined(other, one)).toEqual(both);
    }),
  );
});
