import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConfigStore, configStore } from '../../lib/aws/config-store.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { toContent } from '../../lib/config/content.ts';
import { fileContent, localParser, startingConfig } from '../../lib/local/local-config.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
let store: ConfigStore;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
  store = configStore(dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 2 }), localTableNames);
});
afterAll(async () => {
  await tables?.stop();
  remove();
});

const parse = localParser({ GROQ_API_KEY: 'gsk' });
const fast = toContent('models: { fast: groq/m }\n');

describe('the configuration file', () => {
  test('is taken as it was written, and may be missing only where none is named', () => {
    const file = `${folder}/named.yaml`;
    writeFileSync(file, '# ours\nmodels: { fast: groq/m }\n');
    expect(fileContent({ SLUICE_CONFIG: file })).toEqual({
      text: '# ours\nmodels: { fast: groq/m }\n',
      json: '{"models":{"fast":"groq/m"}}',
    });
    expect(() => fileContent({ SLUICE_CONFIG: `${folder}/missing.yaml` })).toThrow(/missing\.yaml/);
    writeFileSync(file, 'models: {}\nroute: 1\n');
    expect(() => fileContent({ SLUICE_CONFIG: file })).toThrow(`${file}:2: route is not a field`);
  });
});

describe('a configuration here', () => {
  test('has the providers of the environment, and the model that needs none', () => {
    expect(Object.keys(parse('{}').providers)).toEqual(['groq', 'sluice']);
    const inward = { AZURE_OPENAI_API_KEY: 'key', AZURE_OPENAI_ENDPOINT: 'https://10.0.0.1' };
    expect(() => localParser(inward)('{}')).toThrow('The address of azure in the environment');
    expect(() => parse('{"providers":{"nobody":{}}}')).toThrow('providers.nobody is not a provider');
  });

  test('starts with the version in force, and with the file where that cannot be used', async () => {
    expect(await startingConfig(store, toContent(''), parse)).toMatchObject({ version: 1, models: {} });
    expect(await startingConfig(store, fast, parse)).toMatchObject({ version: 2, models: { fast: 'groq/m' } });
    await store.apply(toContent('models: { slow: groq/s }\n'), await store.inForce());
    expect(await startingConfig(store, fast, parse)).toMatchObject({ version: 3, models: { slow: 'groq/s' } });

    const current = await tables.item('access', 'config', 'current');
    await tables.put('access', { ...current, json: '{"newer":true}' });
    const config = await startingConfig(store, fast, parse);
    expect([config.version, config.models]).toEqual([undefined, { fast: 'groq/m' }]);
  });
});
