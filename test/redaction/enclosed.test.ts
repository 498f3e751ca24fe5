import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Config, emptyConfig } from '../../lib/config/config.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isObject, type Json } from '../../lib/openai/json.ts';
import { type ChatRequest, toChatRequest } from '../../lib/openai/request.ts';
import { findProvider } from '../../lib/providers/index.ts';
import { kinds } from '../../lib/redaction/finding.ts';
import { masking } from '../../lib/redaction/masking.ts';
import { hidden } from '../../lib/redaction/request.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { openVault } from '../../lib/redaction/vault.ts';
import { type Enclosing, enclosings, readings } from '../support/enclosing.ts';
import { price } from '../support/labs.ts';
import { plantedTexts } from '../support/planted.ts';
import { waysOf } from '../support/ways.ts';

const scan = toScanner(kinds);

const config: Config = {
  ...emptyConfig,
  providers: {
    anthropic: { credential: 'env:KEY' },
    bedrock: { region: 'eu-central-1' },
    cohere: { credential: 'env:KEY' },
    gemini: { credential: 'env:KEY' },
    openai: { credential: 'env:KEY' },
  },
};
const models = {
  anthropic: 'claude-opus-4-8',
  bedrock: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  cohere: 'command-a-03-2025',
  gemini: 'gemini-2.5-flash',
  openai: 'gpt-5',
};

/** What a provider is sent, by its dialect; nothing where it is refused. */
function sentTo(name: keyof typeof models, request: ChatRequest): Json | undefined {
  const [model, provider] = [models[name], findProvider(name, config)];
  if (provider === undefined) throw new Error(`There is no ${name}.`);
  return unlessRefused(() => {
    const { outbound } = provider.chat(model).toProvider(request, { name: `${name}/${model}`, provider, model, price });
    return JSON.parse(String(outbound.body));
  });
}

function unlessRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

const strings = (value: Json | undefined): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((each: Json) => strings(each));
  return isObject(value) ? Object.entries(value).flatMap(([name, each]) => [name, ...strings(each)]) : [];
};

type Making = (enclosing: Enclosing, text: string) => Json;
const asFile: Making = ({ write, filename }, text) => ({
  type: 'file',
  file: { file_data: write(text), ...(filename !== undefined && { filename }) },
});
const parts: readonly Making[] = [
  asFile,
  ({ write }, text) => ({ type: 'image_url', image_url: { url: write(text) } }),
  ({ write }, text) => ({ type: 'image_url', image_url: write(text) }),
  ({ write }, text) => ({ type: 'input_audio', input_audio: { data: write(text), format: 'wav' } }),
  ({ write }, text) => ({ type: 'video_url', video_url: { url: write(text) } }),
];
const asking = (part: Json) => toChatRequest({ model: 'x/y', messages: [{ role: 'user', content: [part] }] });
const names = Object.keys(models) as (keyof typeof models)[];
const masked = (request: ChatRequest) => hidden(request, waysOf(masking(scan), scan)).request;
const tokenized = (request: ChatRequest) => hidden(request, waysOf(openVault({ scan, nonce: 'k3f9' }), scan)).request;

test.each([
  ['mask', masked],
  ['tokens', tokenized],
])('%s: nothing planted in what is enclosed stands in what any dialect sends, however it is read', (_, hide) => {
  let sent = 0;
  fc.assert(
    fc.property(plantedTexts, enclosings, fc.constantFrom(...parts), ({ text, values }, enclosing, toPart) => {
      const request = unlessRefused(() => hide(asking(toPart(enclosing, text))));
      if (request === undefined) return;
      for (const name of names) {
        const body = sentTo(name, request);
        if (body === undefined) continue;
        sent++;
        const read = strings(body).flatMap(readings);
        expect(values.filter(({ value }) => read.some((each) => each.includes(value)))).toEqual([]);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(sent).toBeGreaterThan(1_000);
});

test('a text that is rightly described says the same to every dialect, hidden from or not', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      enclosings.filter(({ honest }) => honest),
      (random, enclosing) => {
        const text = `Hello, ${random.toWellFormed()}`;
        const request = asking(asFile(enclosing, text));
        for (const each of [request, masked(request)]) {
          expect(strings(sentTo('anthropic', each))).toContain(text);
          expect(strings(sentTo('gemini', each))).toContain(Buffer.from(text).toString('base64'));
        }
      },
    ),
  );
});

test('a text with a value in it goes on as a file, and the value does not', () => {
  const text = 'Write to ann@example.com, Müller';
  const given = `data:text/markdown;charset=iso-8859-1;base64,${Buffer.from(text, 'latin1').toString('base64')}`;
  const request = masked(asking({ type: 'file', file: { file_data: given, filename: 'a.md' } }));
  expect(strings(sentTo('anthropic', request))).toContain('Write to [EMAIL], Müller');
  const there = Buffer.from('Write to [EMAIL], Müller').toString('base64');
  expect(strings(sentTo('openai', request))).toContain(`data:text/markdown;charset=utf-8;base64,${there}`);
});
