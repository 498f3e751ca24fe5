import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerReading, chunkReading, requestReading } from '../../lib/guardrails/reading.ts';
import type { ChatChunk, ChatCompletion, Delta } from '../../lib/openai/answer.ts';
import { carrying } from '../../lib/openai/carried.ts';
import { isObject, type Json, type JsonObject } from '../../lib/openai/json.ts';
import { enclosings } from '../support/enclosing.ts';

/** Bytes that are no text. */
const PIXELS = '\x89\xff\x00\x01'.repeat(20);
/** Words that say nothing alone, as they stand in these requests. */
const WORDS = ['system', 'developer', 'user', 'assistant', 'tool', 'function', 'object', 'text', 'image_url', 'file'];

/** All texts in a value, and all names of fields that are no words of a dialect. */
const leaves = (value: Json | undefined, name = ''): readonly string[] => {
  if (typeof value === 'string' && name === 'file_data') return [decodeURIComponent(value.slice('data:,'.length))];
  if (typeof value === 'string') return name === 'signature' || WORDS.includes(value) ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((each: Json) => leaves(each));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    ...(/^[A-Za-z_]{1,32}$/.test(name) ? [] : [name]),
    ...leaves(each, name),
  ]);
};

const textsOf = (request: JsonObject) => {
  const { written, unread } = requestReading(request);
  return { texts: written.map(([, text]) => text), unread };
};

const word = fc.string({ maxLength: 30 });
const any = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const described = fc.record({
  name: word,
  description: word,
  strict: fc.boolean(),
  parameters: fc.record({
    type: fc.constant('object'),
    properties: fc.dictionary(word, fc.record({ type: word, description: word, enum: fc.array(word), default: any })),
    required: fc.array(word),
  }),
});
const part = fc.oneof(
  fc.record({ type: fc.constant('text'), text: word }),
  fc.record({
    type: fc.constant('image_url'),
    image_url: fc.record({ url: word.map((each) => `https://${each}`), detail: word }),
  }),
  fc.record({
    type: fc.constant('file'),
    file: fc.record({ filename: word, file_data: word.map((each) => `data:,${encodeURIComponent(each)}`) }),
  }),
  any,
);
const call = fc.record({ id: word, type: word, function: fc.record({ name: word, arguments: word }), custom: any });
const said = fc.record(
  {
    role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function'),
    name: word,
    content: fc.oneof(word, fc.array(part), any),
    refusal: word,
    reasoning_content: word,
    reasoning_details: fc.oneof(fc.array(fc.record({ type: word, text: word, signature: word })), any),
    tool_calls: fc.oneof(fc.array(call), any),
    function_call: fc.oneof(fc.record({ name: word, arguments: word }), any),
    tool_call_id: word,
    own: any,
  },
  { requiredKeys: ['role'] },
);
const request = fc.record(
  {
    model: fc.constant('lab/model'),
    messages: fc.array(said, { maxLength: 4 }),
    tools: fc.oneof(fc.array(fc.record({ type: word, function: described })), any),
    functions: fc.oneof(fc.array(described), any),
    tool_choice: fc.oneof(word, fc.record({ type: word, function: fc.record({ name: word }) })),
    response_format: fc.record({ type: word, json_schema: fc.record({ name: word, schema: any }) }),
    metadata: fc.dictionary(word, word),
    prediction: any,
    stop: fc.oneof(word, fc.array(word)),
    user: word,
    input: any,
    own: any,
  },
  { requiredKeys: ['model', 'messages'] },
) as fc.Arbitrary<JsonObject>;

test('every text of a request is read, whoever says it, but for the name of the model', () => {
  fc.assert(
    fc.property(request, ({ model, ...rest }) => {
      const seen = textsOf({ model, ...rest }).texts.join('\n');
      expect(leaves(rest).filter((text) => !seen.includes(text))).toEqual([]);
    }),
  );
});

test('the name of the model is no text of its request, unless it is said in it', () => {
  const model = 'lab/model';
  expect(textsOf({ model, messages: [{ role: 'user', content: 'a' }] }).texts).not.toContain(model);
  expect(textsOf({ model, messages: [{ role: 'user', content: model }] }).texts).toContain(model);
});

test('what cannot be looked into is listed, and what is written in bytes is read', () => {
  const bytes = Buffer.from('x'.repeat(60)).toString('base64');
  const content = [
    { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } },
    { type: 'input_audio', input_audio: { data: bytes, format: 'wav' } },
    { type: 'file', file: { filename: 'a.txt', file_data: `data:text/plain;base64,${btoa('say heck')}` } },
    { type: 'file', file: { filename: 'a.pdf', file_data: bytes } },
    { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } },
  ];
  const { texts, unread } = textsOf({ model: 'm', messages: [{ role: 'user', content }], input: [[1, 2]] });
  expect([...unread].sort()).toEqual(['audio', 'file', 'image', 'tokens', 'video']);
  expect(texts).toEqual(expect.arrayContaining(['say heck', 'a.txt', 'https://example.org/a.mp4']));
  expect(texts.join()).not.toContain(bytes);
});

test('what is enclosed is read, in whatever manner it is written, or is said to be unread', () => {
  fc.assert(
    fc.property(enclosings, fc.boolean(), ({ write, filename, honest }, asFile) => {
      const given = write('say heck, please');
      const part = asFile
        ? { type: 'file', file: { file_data: given, ...(filename !== undefined && { filename }) } }
        : { type: 'image_url', image_url: { url: given } };
      const { texts, unread } = textsOf({ model: 'm', messages: [{ role: 'user', content: [part] }] });
      if (asFile || /^data:/i.test(given)) expect(texts.join('\n')).toContain('say heck, please');
      if (honest) expect(unread).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['in lines', Buffer.from(PIXELS, 'latin1').toString('base64').replace(/.{20}/g, '$&\n')],
  ['of the other alphabet', Buffer.from(PIXELS, 'latin1').toString('base64url')],
  ['in a charset that nobody knows', `data:text/plain;charset=utf-7;base64,${btoa('heck')}`],
  [
    'of an office',
    `data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,${btoa(PIXELS)}`,
  ],
])('a file %s is unread', (_, file_data) => {
  const messages = [{ role: 'user', content: [{ type: 'file', file: { filename: 'a', file_data } }] }];
  expect(textsOf({ model: 'm', messages }).unread).toEqual(['file']);
});

test.each(['https://a.example/b', 'gs://bucket/b', 's3://bucket/b', 'made-up+x://b'])(
  'what stands at %s is unread',
  (url) => {
    const content = [
      { type: 'video_url', video_url: { url } },
      { type: 'image_url', image_url: url },
    ];
    const { texts, unread } = textsOf({ model: 'm', messages: [{ role: 'user', content }] });
    expect([...unread].sort()).toEqual(['image', 'video']);
    expect(texts).toContain(url);
  },
);

test.each([
  'data: say heck, please',
  'data:image/png;base64,say+heck',
  'data:;base64, say heck',
  'DATA:x;say heck;base64,',
])('a message is read as it stands, however much it looks like bytes: %s', (content) => {
  const { texts } = textsOf({ model: 'm', messages: [{ role: 'user', content }] });
  expect(texts).toContain(content);
});

test('a sentence that begins as a data: URL does is a text like any other', () => {
  const content = 'data: the numbers, please';
  expect(textsOf({ model: 'm', messages: [{ role: 'user', content }] }).unread).toEqual([]);
});

test('thoughts that the id of a call carries are read', () => {
  const id = carrying({ id: 'call_1', thoughts: [{ writer: 'lab/m', text: 'say heck', signature: 's' }] });
  const call = { id, type: 'function', function: { name: 'f', arguments: '{}' } };
  const messages = [{ role: 'assistant', content: null, tool_calls: [call] }];
  expect(textsOf({ model: 'm', messages }).texts).toContain('say heck');
});

test('what is split over two parts is read whole', () => {
  const content = [
    { type: 'text', text: 'say he' },
    { type: 'text', text: 'ck, please' },
  ];
  expect(textsOf({ model: 'm', messages: [{ role: 'user', content }] }).texts).toContain('say heck, please');
});

const head = { id: 'chatcmpl-1', created: 1, model: 'lab/m' };
const whole = (message: object, more: object = {}): ChatCompletion => {
  const said = { role: 'assistant' as const, content: null, refusal: null, ...message };
  return { ...head, object: 'chat.completion', ...more, choices: [{ index: 0, message: said, finish_reason: 'stop' }] };
};
const piece = (index: number, delta: Delta): ChatChunk => ({
  ...head,
  object: 'chat.completion.chunk',
  choices: [{ index, delta, finish_reason: null }],
});

test('all that an answer says is read where it stands, fields that nobody knows included', () => {
  const message = {
    content: [{ type: 'text', text: 'one' }],
    reasoning_content: 'hm',
    reasoning_details: [
      { type: 'reasoning.encrypted', data: 'AbC=', format: 'a/b' },
      { type: 'reasoning.text', text: 'aha' },
    ],
    audio: { id: 'audio_1', data: 'UklGRg==', transcript: 'spoken' },
    annotations: [{ type: 'url_citation', url_citation: { title: 'T', url: 'https://a.example' } }],
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'send', arguments: '{"to":"ann"}' } }],
    images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
  };
  const { written, unread } = answerReading(whole(message, { search_results: [{ snippet: 'found' }] }));
  expect(written).toEqual([
    ['.search_results.0.snippet', 'found'],
    ['0.content.0.text', 'one'],
    ['0.reasoning_content', 'hm'],
    ['0.reasoning_details.1.text', 'aha'],
    ['0.audio.transcript', 'spoken'],
    ['0.annotations.0.type', 'url_citation'],
    ['0.annotations.0.url_citation.title', 'T'],
    ['0.annotations.0.url_citation.url', 'https://a.example'],
    ['0.tool_calls.0.function.name', 'send'],
    ['0.tool_calls.0.function.arguments', '{"to":"ann"}'],
  ]);
  expect([...unread].sort()).toEqual(['audio', 'image']);
});

test('the pieces of a call stand in one place, however alone its delta is', () => {
  const delta = (index: number, text: string): Delta => ({ tool_calls: [{ index, function: { arguments: text } }] });
  const pieces = [delta(0, '{"a'), delta(1, '{"b'), delta(1, '":1}'), delta(0, '":1}')];
  const places = new Map<string, string>();
  for (const [place, text] of pieces.flatMap((each) => chunkReading(piece(2, each)).written))
    places.set(place, (places.get(place) ?? '') + text);
  expect([...places]).toEqual([
    ['2.tool_calls.0.function.arguments', '{"a":1}'],
    ['2.tool_calls.1.function.arguments', '{"b":1}'],
  ]);
});
