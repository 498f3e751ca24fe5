import { describe, expect, test } from 'vitest';
import { type Config, emptyConfig } from '../../lib/config/config.ts';
import { authorizeBy, bearer } from '../../lib/providers/authorize.ts';
import {
  deployedProviders,
  findProvider,
  howToSwitchOn,
  nativeProviders,
  providerProblems,
  switchedOn,
  waysToSwitchOn,
} from '../../lib/providers/index.ts';
import { vendors } from '../../lib/providers/vendors.ts';
import { thrownBy } from '../support/bytes.ts';

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
const config = (providers: Config['providers']): Config => ({ ...emptyConfig, providers });
const lab = { kind: 'openai-compatible', baseUrl: 'https://lab.example/v1', credential: 'secret:lab' } as const;

const bedrock = { AWS_REGION: 'us-east-1', AWS_BEARER_TOKEN_BEDROCK: 'key' };
/** What switches providers on that take a key. */
const keyed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...Object.fromEntries(
    Object.entries(vendors).flatMap(([name, { keyVariable }]) =>
      keyVariable === undefined ? [] : [[name, { [keyVariable]: 'key' }]],
    ),
  ),
  anthropic: { ANTHROPIC_API_KEY: 'key' },
  azure: { AZURE_OPENAI_API_KEY: 'key', AZURE_OPENAI_ENDPOINT: 'https://lab.openai.azure.com' },
  bedrock,
  cohere: { CO_API_KEY: 'key' },
  gemini: { GEMINI_API_KEY: 'key' },
  vertex: { VERTEX_CREDENTIALS: '{}', GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'us' },
};

describe('a credential', () => {
  const outbound = {
    via: 'http',
    method: 'POST',
    url: 'https://lab.example/v1/chat/completions',
    headers: { accept: 'x' },
    body: '{}',
  } as const;
  const authorize = authorizeBy('https://lab.example/v1', bearer);

  test('is put on a request to its own origin, beside its other headers', () => {
    expect(authorize(outbound, 'secret')).toEqual({
      ...outbound,
      headers: { accept: 'x', authorization: 'Bearer secret' },
    });
    expect(outbound.headers).toEqual({ accept: 'x' });
  });

  test.each([
    'https://evil.example/v1/chat/completions',
    'http://lab.example/v1/chat/completions',
    'https://lab.example:8443/v1/chat/completions',
    'https://lab.example.evil.example/v1',
    'https://lab.example@evil.example/v1',
    'https://evil.example/lab.example',
    'https://lab.example./v1',
  ])('never leaves for %s', (url) => {
    const error = thrownBy(() => authorize({ ...outbound, url }, 'sk-canary'));
    expect(error).toMatchObject({ code: 'internal_error' });
    expect(String(error)).not.toContain('sk-canary');
  });

  test('that is not there is not put on', () => {
    expect(authorize(outbound, undefined)).toBe(outbound);
  });
});

describe('a provider', () => {
  test('is found when it is configured: with the address Sluice knows, or the one it is given', () => {
    expect(findProvider('openai', config({ openai: {} }))).toMatchObject({
      name: 'openai',
      place: { baseUrl: 'https://api.openai.com/v1' },
    });
    expect(findProvider('openai', config({ openai: { baseUrl: 'https://eu.example/v1' } }))).toMatchObject({
      place: { baseUrl: 'https://eu.example/v1' },
    });
    expect(findProvider('lab', config({ lab }))).toMatchObject({
      name: 'lab',
      credential: 'secret:lab',
      place: { baseUrl: lab.baseUrl },
    });
    expect(findProvider('openai', emptyConfig)).toBeUndefined();
    expect(findProvider('', config({ lab }))).toBeUndefined();
  });

  test.each(inherited)('is never found in what every object inherits: %s', (name) => {
    for (const each of [emptyConfig, config({ openai: {} })]) expect(findProvider(name, each)).toBeUndefined();
    expect(findProvider(name, config(Object.fromEntries([[name, {}]])))).toBeUndefined();
    expect(howToSwitchOn(name)).toBe('name it under providers in the configuration');
  });

  test('is switched on by its key in the environment, beneath what is configured', () => {
    expect(switchedOn(emptyConfig, { OPENAI_API_KEY: 'sk-x' })).toEqual(
      config({ openai: { credential: 'env:OPENAI_API_KEY' } }),
    );
    const written = config({ openai: { credential: 'secret:mine' }, lab });
    expect(switchedOn(written, { OPENAI_API_KEY: 'sk-x', GROQ_API_KEY: 'gsk' })).toEqual(
      config({ openai: { credential: 'secret:mine' }, lab, groq: { credential: 'env:GROQ_API_KEY' } }),
    );
    expect(switchedOn(config({ bedrock: { region: 'eu-west-1' } }), bedrock)).toEqual(
      config({ bedrock: { region: 'eu-west-1', credential: 'env:AWS_BEARER_TOKEN_BEDROCK' } }),
    );
  });

  test.each(Object.entries(keyed))(
    'takes no key of the environment to an address of the configuration that names none: %s',
    (name, env) => {
      const baseUrl = 'https://elsewhere.example/v1';
      expect(switchedOn(emptyConfig, env).providers[name]).toHaveProperty('credential');
      const moved = switchedOn(config({ [name]: { baseUrl } }), env);
      expect(moved.providers[name]).toMatchObject({ baseUrl });
      expect(JSON.stringify(moved)).not.toContain('env:');
      for (const variable of Object.keys(env)) {
        expect(JSON.stringify(findProvider(name, moved) ?? {})).not.toContain(variable);
        const credential = `env:${variable}`;
        const named = switchedOn(config({ [name]: { baseUrl, credential } }), env).providers[name];
        expect(named).toMatchObject({ baseUrl, credential });
      }
    },
  );

  test('is not switched on by an empty variable, or by another', () => {
    expect(switchedOn(emptyConfig, { OPENAI_API_KEY: '', OTHER: 'x' })).toEqual(emptyConfig);
    expect(JSON.stringify(switchedOn(emptyConfig, { OPENAI_API_KEY: 'sk-canary' }))).not.toContain('canary');
  });

  test('that answers a role is on wherever there is a region, unless the configuration speaks of it', () => {
    const deployed = (written: Partial<Config>, env = { AWS_REGION: 'eu-west-1' }) =>
      nativeProviders({ ...emptyConfig, ...written }, env).providers;
    expect(deployed({ providers: { lab } })).toEqual({ bedrock: { region: 'eu-west-1' }, lab });
    expect(deployed({ providers: { bedrock: { region: 'us-east-1' } } })).toEqual({ bedrock: { region: 'us-east-1' } });
    expect(deployed({ off: ['bedrock'] })).toEqual({});
    expect(nativeProviders(emptyConfig, {})).toEqual(emptyConfig);
  });

  test('of a deployed gateway is refused by name where something is wrong with it', () => {
    const env = { AWS_REGION: 'eu-west-1' };
    expect(deployedProviders(config({ lab }), env).providers).toHaveProperty('bedrock');
    expect(() => deployedProviders(config({ lab: {}, sluice: {} }), env)).toThrow(
      /^providers\.lab is not a provider .*; providers\.sluice is a name/,
    );
  });

  test('that is switched off stays off, whatever the environment says', () => {
    const off = { ...emptyConfig, off: ['openai'] };
    expect(switchedOn(off, { OPENAI_API_KEY: 'sk-x' })).toEqual(off);
  });

  test('that can be switched on says how', () => {
    expect(waysToSwitchOn).toContain('set OPENAI_API_KEY');
    expect(howToSwitchOn('openai')).toContain('OPENAI_API_KEY');
  });
});

describe('a configuration of providers', () => {
  test('is told what is wrong with each', () => {
    const problems = providerProblems(
      config({
        openai: { kind: 'openai-compatible' },
        lab: { baseUrl: 'https://lab.example' },
        other: { kind: 'openai-compatible' },
        fine: lab,
        groq: { credential: 'env:G' },
      }),
    );
    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      'providers.openai.kind',
      'providers.lab',
      'providers.other',
    ]);
    expect(problems.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('Leave kind out'),
      expect.stringContaining('openai, groq'),
      expect.stringContaining('needs a baseUrl'),
    ]);
  });

  test.each([{}, lab])('may not take the name under which the gateway answers by itself: %j', (settings) => {
    expect(providerProblems(config({ sluice: settings, lab }))).toEqual([
      { path: ['providers', 'sluice'], problem: expect.stringContaining('keeps for itself') },
    ]);
  });

  test.each(['constructor', 'tostring', 'valueof'])('does not take %s for a provider Sluice knows', (name) => {
    expect(providerProblems(config({ [name]: {} }))).toMatchObject([{ path: ['providers', name] }]);
    expect(providerProblems(config({ [name]: lab }))).toEqual([]);
  });
});
