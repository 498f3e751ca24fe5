import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { configFile, deployedConfig } from '../../infra/deployed-config.ts';

const root = mkdtempSync(join(tmpdir(), 'sluice-config-'));
afterAll(() => rmSync(root, { recursive: true }));

function written(text: string, name = 'written.yaml') {
  const path = join(root, name);
  writeFileSync(path, text);
  return path;
}

describe('what is deployed of a config', () => {
  test('without a file an empty one is', () => {
    expect(deployedConfig(undefined)).toEqual({
      content: { text: '', json: '{}' },
      secretNames: [],
      callsBedrock: true,
      defaultBudgets: undefined,
    });
  });

  test('all of it, as it was written and as JSON', () => {
    const text =
      '# ours\nprices:\n  lab/*: { input: 0.2, output: 0.6 }\nproviders:\n  groq: { credential: secret:groq }\n';
    const { content } = deployedConfig(written(text));
    expect(content.text).toBe(text);
    expect(JSON.parse(content.json)).toEqual({
      prices: { 'lab/*': { input: 0.2, output: 0.6 } },
      providers: { groq: { credential: 'secret:groq' } },
    });
  });

  test('an empty file is an empty config', () => {
    expect(deployedConfig(written('# nothing yet\n'))).toEqual({
      content: { text: '# nothing yet\n', json: '{}' },
      secretNames: [],
      callsBedrock: true,
      defaultBudgets: undefined,
    });
  });

  test('its secrets are named once, in order', () => {
    const path = written(
      JSON.stringify({
        providers: {
          lab: { kind: 'openai-compatible', baseUrl: 'https://llm.lab.example/v1', credential: 'secret:z' },
          openai: { credential: 'secret:a/b' },
          groq: { credential: 'secret:z' },
        },
      }),
      'some.json',
    );
    expect(deployedConfig(path).secretNames).toEqual(['a/b', 'z']);
  });
});

test('the budgets of tenants that set none are those of the config, and nothing where it says nothing', () => {
  const budgets = (text: string) => deployedConfig(written(`defaults: { budgets: ${text} }\n`)).defaultBudgets;
  expect(budgets('{ day: 0.5, month: none }')).toEqual({ day: 500_000_000 });
  expect(budgets('none')).toEqual({});
  expect(budgets('{}')).toBeUndefined();
});

test('the role that calls models is needed unless their provider has a key of its own', () => {
  const models = (more: string) => deployedConfig(written(`providers:\n  bedrock: { region: us-east-1${more} }\n`));
  expect(models('').callsBedrock).toBe(true);
  expect(models(', credential: "secret:bedrock"').callsBedrock).toBe(false);
});

describe('what is refused', () => {
  const credential = (value: string) => written(`providers:\n  openai: { credential: "${value}" }\n`);

  test('a variable that a deployed gateway does not have', () => {
    expect(() => deployedConfig(credential('env:OPENAI_API_KEY'))).toThrow(
      /written\.yaml: providers\.openai\.credential is an env: credential, but a deployed gateway has no such variable; .* write secret:NAME/,
    );
  });

  test('a key written into the config, without repeating it', () => {
    expect(() => deployedConfig(credential('sk-very-private'))).toThrow(
      /written\.yaml:2: providers\.openai\.credential must be env:NAME or secret:NAME(?!.*private)/,
    );
  });

  test.each(['secret:*', 'secret:a?', 'secret:arn:aws:secretsmanager:eu-west-1:1:secret:a'])(
    '%s, which would grant more than one secret or none',
    (value) => {
      expect(() => deployedConfig(credential(value))).toThrow(/names no possible secret/);
    },
  );

  test('a file that is not YAML, with its line', () => {
    expect(() => deployedConfig(written('providers:\n  a: [1\n'))).toThrow(/written\.yaml:3: /);
  });

  test('providers that are not a map', () => {
    expect(() => deployedConfig(written('providers: [openai]\n'))).toThrow(
      /written\.yaml:1: providers Invalid input: expected record/,
    );
  });
});

describe('which file it is', () => {
  test('none in a project without one', () => {
    expect(configFile(join(root, 'elsewhere'), undefined)).toBeUndefined();
  });

  test('YAML before JSON', () => {
    const json = written('{}', 'sluice.config.json');
    expect(configFile(root, undefined)).toBe(json);
    const yaml = written('', 'sluice.config.yaml');
    expect(configFile(root, undefined)).toBe(yaml);
  });

  test('the one asked for, which must exist', () => {
    expect(configFile(root, written('{}', 'asked.yaml'))).toBe(join(root, 'asked.yaml'));
    expect(() => configFile(root, 'missing.yaml')).toThrow(/There is no config file .*missing\.yaml/);
  });
});
