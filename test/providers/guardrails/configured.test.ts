import { describe, expect, test } from 'vitest';
import { jsonSchema } from '../../../lib/config/json-schema.ts';
import { readConfig } from '../../../lib/config/read.ts';
import { guardrailOf } from '../../../lib/providers/guardrails/configured.ts';
import { findProvider, providerProblems } from '../../../lib/providers/index.ts';
import { thrownBy } from '../../support/bytes.ts';

const text = `providers:
  openai: { credential: secret:sluice/openai }
  bedrock: { region: eu-central-1 }
  anthropic: { credential: secret:sluice/anthropic }
guardrails:
  house: { provider: bedrock, guardrail: gr1a2b3c4d5e, version: "2", timeoutMs: 800 }
  moderation: { provider: openai }
`;
const config = readConfig(text, 'f.yaml', providerProblems);
const found = (name: string, changed: object = {}) => guardrailOf(name, { ...config, ...changed }, findProvider);
const wrong = (more: string) => String(thrownBy(() => readConfig(more, 'f.yaml', providerProblems)));

describe('a guardrail of a name', () => {
  test('is one of its provider, and waits as long as it is told to, or five seconds', () => {
    expect(found('house')).toMatchObject({
      name: 'house',
      provider: { name: 'bedrock' },
      dialect: { model: 'guardrail/gr1a2b3c4d5e:2' },
      timeoutMs: 800,
    });
    expect(found('moderation')).toMatchObject({
      provider: { name: 'openai' },
      dialect: { model: 'omni-moderation-latest' },
      timeoutMs: 5_000,
    });
  });

  test('that nobody configured is none, whatever objects have by themselves', () => {
    for (const name of ['late', 'constructor', 'toString'])
      expect(found(name)).toContain('is not in the configuration');
    expect(found('house', { guardrails: undefined })).toContain('is not in the configuration');
  });

  test('is none where its provider is not on, has none, or does not take its settings', () => {
    expect(found('house', { providers: {} })).toBe('is one of bedrock, which is not switched on');
    const guardrails = { claude: { provider: 'anthropic' }, bare: { provider: 'bedrock' } };
    expect(found('claude', { guardrails })).toBe('is one of anthropic, which has no guardrails');
    expect(found('bare', { guardrails })).toContain('needs guardrail: its id');
  });
});

describe('a configuration', () => {
  test.each([
    ['  late: { provider: bedrock }', 'f.yaml:8: guardrails.late needs guardrail: its id'],
    ['  late: { provider: anthropic }', 'guardrails.late is one of anthropic, which has no guardrails'],
    ['  late: { provider: nobody }', 'guardrails.late is one of nobody, which is not switched on'],
    ['  Late: { provider: openai }', 'must be a name of lower-case letters'],
    ['  late: { provider: openai, timeoutMs: 0 }', 'guardrails.late.timeoutMs must be a whole number from 1 to 60000'],
    ['guard: { input: [house, moderatoin] }', 'guard.input.1 names moderatoin, which is not in guardrails'],
    ['guard: { output: [house, constructor] }', 'guard.output.1 names constructor, which is not in guardrails'],
    ['guard: { onFailure: ajar }', 'must be one of closed, open'],
    ['guard: { window: 49 }', 'guard.window must be a whole number from 50 to 25000'],
    ['guard: { holdback: 10001 }', 'guard.holdback must be a whole number from 0 to 10000'],
  ])('with %s is wrong, and why is said', (line, said) => {
    expect(wrong(`${text}${line}\n`)).toContain(said);
  });

  test('is wrong where a guardrail is one of a provider that is off', () => {
    expect(wrong('providers: { openai: off }\nguardrails: { m: { provider: openai } }')).toContain(
      'f.yaml:2: guardrails.m is one of openai, which is off',
    );
  });

  test('may name a guardrail of a provider that is only not switched on here', () => {
    expect(readConfig('guardrails: { house: { provider: bedrock } }', 'f', providerProblems)).toHaveProperty(
      'guardrails.house.provider',
      'bedrock',
    );
  });

  test('is completed by editors in its guardrails, too', () => {
    const guard = { input: { type: 'array' }, onFailure: { enum: ['closed', 'open'] }, window: { minimum: 50 } };
    expect(jsonSchema()).toMatchObject({
      properties: {
        guardrails: {
          additionalProperties: { properties: { provider: { type: 'string' }, usdPerThousandUnits: { minimum: 0 } } },
        },
        guard: { properties: guard, additionalProperties: false },
      },
    });
  });
});
