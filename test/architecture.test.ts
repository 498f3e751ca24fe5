import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vendors } from '../lib/providers/vendors.ts';
import { root } from './support/gateway.ts';

/** Which part may import which. A part may always import itself. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'lib/errors': [],
  'lib/ids': [],
  'lib/json-text': [],
  'lib/schema': [],
  'lib/catalog': [],
  'lib/openai': ['lib/json-text', 'lib/errors', 'lib/catalog'],
  'lib/wire': ['lib/openai', 'lib/errors'],
  'lib/ledger': ['lib/errors', 'lib/catalog'],
  'lib/config': ['lib/catalog', 'lib/schema', 'lib/ledger', 'lib/redaction'],
  'lib/providers': ['lib/json-text', 'lib/wire', 'lib/openai', 'lib/errors', 'lib/catalog', 'lib/config'],
  'lib/repeats': [],
  'lib/cooldowns': [],
  'lib/trace': [],
  'lib/captures': [],
  'lib/traces': ['lib/trace', 'lib/wire'],
  'lib/recall': ['lib/openai'],
  'lib/guardrails': ['lib/openai', 'lib/redaction'],
  'lib/caller': ['lib/config', 'lib/ledger'],
  'lib/cost': [],
  'lib/world': [
    'lib/caller',
    'lib/guardrails',
    'lib/captures',
    'lib/catalog',
    'lib/config',
    'lib/ledger',
    'lib/wire',
    'lib/repeats',
    'lib/recall',
    'lib/cooldowns',
    'lib/trace',
  ],
  'lib/redaction': ['lib/openai', 'lib/errors'],
  'lib/google': ['lib/world', 'lib/errors'],
  'lib/pipeline': [
    'lib/json-text',
    'lib/captures',
    'lib/providers',
    'lib/wire',
    'lib/openai',
    'lib/errors',
    'lib/catalog',
    'lib/config',
    'lib/ledger',
    'lib/world',
    'lib/caller',
    'lib/repeats',
    'lib/recall',
    'lib/cooldowns',
    'lib/trace',
    'lib/redaction',
    'lib/guardrails',
  ],
  'lib/http': ['lib/pipeline', 'lib/wire', 'lib/errors', 'lib/world'],
  'lib/audit': [],
  'lib/aws': [
    'lib/json-text',
    'lib/captures',
    'lib/audit',
    'lib/pipeline',
    'lib/wire',
    'lib/errors',
    'lib/catalog',
    'lib/config',
    'lib/ledger',
    'lib/google',
    'lib/world',
    'lib/caller',
    'lib/repeats',
    'lib/recall',
    'lib/cooldowns',
    'lib/trace',
    'lib/traces',
    'lib/redaction',
    'lib/ids',
    'lib/schema',
  ],
  'lib/local': [
    'lib/captures',
    'lib/aws',
    'lib/recall',
    'lib/providers',
    'lib/wire',
    'lib/openai',
    'lib/config',
    'lib/schema',
    'esbuild.config',
  ],
  'lib/cli': [
    'lib/captures',
    'lib/audit',
    'lib/aws',
    'lib/cost',
    'lib/local',
    'lib/config',
    'lib/ledger',
    'lib/catalog',
    'lib/providers',
    'lib/redaction',
    'lib/world',
    'lib/caller',
    'lib/ids',
  ],
  functions: ['lib/http', 'lib/aws', 'lib/local', 'lib/pipeline', 'lib/providers', 'lib/world', 'lib/errors'],
  infra: ['lib/captures', 'lib/aws', 'lib/config', 'lib/providers', 'functions', 'esbuild.config'],
};

/** The parts that are pure: the same arguments give the same result. */
const pure = [
  'lib/errors',
  'lib/catalog',
  'lib/ledger',
  'lib/openai',
  'lib/wire',
  'lib/config',
  'lib/audit',
  'lib/providers',
  'lib/pipeline',
  'lib/redaction',
  'lib/guardrails',
  'lib/cost',
];
/** A script, run by hand; nothing imports it. */
const scripts = ['lib/catalog/compile.ts'];

const VENDORS =
  /\b(anthropic|gemini|vertex|bedrock|azure|groq|together|fireworks|mistral|deepseek|xai|openrouter|cerebras|perplexity|cohere|ollama|vllm)\b|['"`]openai['"`/]|OPENAI_/i;

type Source = { readonly file: string; readonly part: string; readonly text: string; readonly code: string };

const sources: readonly Source[] = ['lib', 'functions', 'infra'].flatMap(filesIn).map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, part: partOf(file), text, code: withoutComments(text) };
});

describe('the parts of the house', () => {
  test.each(sources)('$file imports only what its part may', ({ file, part, code }) => {
    const allowed = arrows[part];
    expect(allowed, `${part} is not on the list of parts`).toBeDefined();
    const imported = [...code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
      partOf(relative(root, join(root, dirname(file), path))),
    );
    expect(imported.filter((other) => other !== part && !allowed?.includes(other))).toEqual([]);
  });

  test('only lib/aws speaks to AWS', () => {
    const found = sources.filter(
      ({ part, code }) =>
        part.startsWith('lib/') &&
        part !== 'lib/aws' &&
        /from '(@aws-sdk|@smithy|@aws-lambda-powertools)|import\('@aws/.test(code),
    );
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test('what only some gateways need is loaded by those that do, not at the start', () => {
    const lazy = [
      '@opensearch-project/opensearch',
      '@aws-sdk/client-bedrock-runtime',
      '@aws-lambda-powertools/metrics',
      '@aws-sdk/client-sts',
      '@aws-sdk/client-s3',
      './alike.ts',
      './vectors.ts',
      './otlp.ts',
      './redacted.ts',
      './guardrail-checks.ts',
      './sdk-sends.ts',
      './embed.ts',
      '@aws-sdk/client-sns',
      're2js',
    ];
    for (const name of lazy) {
      const loaded = sources.filter(({ code }) => code.includes(`import('${name}`));
      expect(loaded).not.toEqual([]);
      const early = sources.filter(({ code }) => new RegExp(`^import (?!type )[^;]*'${name}`, 'm').test(code));
      expect(early.map(({ file }) => file)).toEqual([]);
    }
  });

  test("no signal is joined in Node's way, which keeps all that a call holds in memory", () => {
    expect(sources.filter(({ code }) => code.includes('AbortSignal.any')).map(({ file }) => file)).toEqual([]);
  });

  test('the environment is read only at the edges', () => {
    const edges = ['functions', 'lib/aws', 'lib/local', 'lib/cli'];
    expect(
      sources.filter(({ part, code }) => !edges.includes(part) && /process\.env/.test(code)).map(({ file }) => file),
    ).toEqual([]);
  });

  test('clock, dice, ids and timers come from the world', () => {
    const impure =
      /Date\.now|new Date\(\)|performance\.now|Math\.random|randomBytes|randomUUID|getRandomValues|setTimeout|setInterval|AbortSignal\.timeout/;
    const found = sources.filter(
      ({ file, part, code }) => pure.includes(part) && !scripts.includes(file) && impure.test(code),
    );
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test('what others wrote is parsed by what reads every name right', () => {
    const parts = ['lib/openai', 'lib/providers', 'lib/pipeline'];
    const native = sources.filter(({ part, code }) => parts.includes(part) && /\bJSON\.parse\b/.test(code));
    expect(native.map(({ file }) => file)).toEqual(['lib/openai/json-series.ts']); // single strings
  });

  test('vendors are named in lib/providers and in the catalog only', () => {
    // Data: keys begin as their makers say, and pages are called what they are called.
    const data = ['lib/redaction/detectors/secret-shapes.ts', 'lib/cost/prices.ts'];
    const found = sources.filter(
      ({ file, part, code }) =>
        part.startsWith('lib/') &&
        !['lib/providers', 'lib/catalog'].includes(part) &&
        !data.includes(file) &&
        VENDORS.test(code.replace(/'@aws-sdk\/[^']*'/g, '')), // a package is called what it is called
    );
    expect(found.map(({ file, code }) => `${file}: ${VENDORS.exec(code)?.[0]}`)).toEqual([]);
  });

  test('no module of the walk keeps state', () => {
    expect(
      sources
        .filter(({ part, code }) => pure.includes(part) && /^(export )?(let|var) /m.test(code))
        .map(({ file }) => file),
    ).toEqual([]);
  });
});

describe('a provider', () => {
  const folders = readdirSync(join(root, 'lib/providers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['compatible', 'embeddings', 'guardrails'].includes(entry.name))
    .map(({ name }) => name);

  test('with a dialect of its own is one folder and a line of the index', () => {
    expect(folders.length).toBeGreaterThanOrEqual(6);
    const index = sources.find(({ file }) => file === 'lib/providers/index.ts');
    for (const folder of folders) {
      expect(index?.code).toContain(`['${folder}', ${folder}Maker]`);
      const outside = sources.filter(
        ({ file, code }) => !file.startsWith('lib/providers/') && code.includes(`providers/${folder}/`),
      );
      expect(outside.map(({ file }) => file)).toEqual([]);
    }
  });

  test('that speaks a compatible dialect is a line of data: the dialect does not know its name', () => {
    const names = Object.keys(vendors);
    expect(names.length).toBeGreaterThanOrEqual(12);
    const dialect = sources.filter(({ file }) => file.startsWith('lib/providers/compatible/'));
    for (const name of names) {
      const knows = dialect.filter(({ code }) => new RegExp(`['"\`]${name}['"\`]`).test(code));
      expect(knows.map(({ file }) => file)).toEqual([]);
    }
  });
});

describe('files are small', () => {
  test('the walk of a chat call is under 60 lines', () => {
    const chat = sources.find(({ file }) => file === 'lib/pipeline/chat.ts');
    expect(chat?.text.split('\n').length).toBeLessThan(60);
  });

  test('no file is longer than 200 lines', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > 201).map(({ file }) => file)).toEqual([]);
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

/** `lib/pipeline/chat.ts` → `lib/pipeline`; `lib/errors.ts` → `lib/errors`; `functions/gateway.ts` → `functions`. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'lib' ? `lib/${second.replace(/\.ts$/, '')}` : top.replace(/\.ts$/, '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$|(?<=[;,{}\s])\/\/ .*$/gm, '');
}
