import { expect, test } from 'vitest';
import { bedrockMaker } from '../../../lib/providers/bedrock/bedrock.ts';
import { toFamily, toWriter } from '../../../lib/providers/bedrock/family.ts';
import { asked, user } from './asking.ts';

test.each([
  [{}, undefined],
  [{ AWS_REGION: 'eu-west-3' }, undefined],
  [{ AWS_ACCESS_KEY_ID: 'AKID' }, undefined],
  [{ AWS_REGION: 'eu-west-3', AWS_ACCESS_KEY_ID: 'AKID' }, { region: 'eu-west-3' }],
  [{ AWS_DEFAULT_REGION: 'eu-west-3', AWS_PROFILE: 'me' }, { region: 'eu-west-3' }],
  [{ AWS_REGION: 'eu-west-3', AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x' }, { region: 'eu-west-3' }],
  [
    { AWS_REGION: 'eu-west-3', AWS_ACCESS_KEY_ID: 'AKID', AWS_BEARER_TOKEN_BEDROCK: 'key' },
    { region: 'eu-west-3', credential: 'env:AWS_BEARER_TOKEN_BEDROCK' },
  ],
])('the environment %o switches on %o', (env, settings) => {
  expect(bedrockMaker.fromEnvironment(env)).toEqual(settings);
});

test('a region is needed, and must be one', () => {
  expect(bedrockMaker.problem({})).toContain('region');
  expect(bedrockMaker.problem({ region: 'us-east-1.evil.example/' })).toContain('region');
  expect(bedrockMaker.problem({ region: 'us-gov-west-1' })).toBeUndefined();
});

test('a key goes to its own place only; without one the request is signed', () => {
  const provider = bedrockMaker.make('bedrock', { region: 'us-east-1', credential: 'env:KEY' });
  const { outbound } = asked({ messages: [user('Hi')] });
  expect(provider.authorize(outbound, undefined)).toBe(outbound);
  expect(provider.authorize(outbound, 'secret')).toEqual({ ...outbound, token: 'secret' });
  expect(() => provider.authorize({ ...outbound, endpoint: 'https://elsewhere.example' }, 'secret')).toThrow(
    /leave its host/,
  );
});

test('an endpoint of the operator is where requests go', () => {
  const { place } = bedrockMaker.make('bedrock', { region: 'us-east-1', baseUrl: 'https://vpce.example' });
  expect(place).toEqual({ region: 'us-east-1', baseUrl: 'https://vpce.example' });
});

test.each([
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
  ['global.anthropic.claude-opus-4-6-v1', 'anthropic.claude-opus-4-6', 'anthropic/claude-opus-4-6'],
  [
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0',
    'amazon.nova-2-lite',
    'bedrock/amazon.nova-2-lite',
  ],
  ['us-gov.meta.llama3-1-70b-instruct-v1:0', 'meta.llama3-1-70b-instruct', 'bedrock/meta.llama3-1-70b-instruct'],
  ['zai.glm-4.7', 'zai.glm-4.7', 'bedrock/zai.glm-4.7'],
])('the family of %s', (model, family, writer) => {
  expect(toFamily(model)).toBe(family);
  expect(toWriter(model)).toBe(writer);
});
