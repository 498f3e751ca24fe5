import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carrying } from '../../lib/openai/carried.ts';
import type { Json, JsonObject } from '../../lib/openai/json.ts';
import { kinds } from '../../lib/redaction/finding.ts';
import { masking } from '../../lib/redaction/masking.ts';
import { hidden } from '../../lib/redaction/request.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { openVault } from '../../lib/redaction/vault.ts';
import { waysOf } from '../support/ways.ts';

const scan = toScanner(kinds);
const ann = 'ann@example.com';
const vaultOf = () => openVault({ scan, nonce: 'k3f9' });
const masked = (request: JsonObject) => hidden(request, waysOf(masking(scan), scan));

test('every text of a chat request is hidden, wherever it stands', () => {
  const request = {
    model: 'lab/model',
    user: ann,
    safety_identifier: ann,
    metadata: { [ann]: ann },
    stop: [ann],
    prediction: { type: 'content', content: [{ type: 'text', text: ann }] },
    unknown: { deep: [{ id: ann, type: ann, [ann]: 4_241_592_066_112_571 }] },
    response_format: { type: 'json_schema', json_schema: { name: 'x', description: ann, schema: { enum: [ann] } } },
    tools: [
      {
        type: 'function',
        function: {
          name: 'send',
          description: `write to ${ann}`,
          parameters: {
            type: 'object',
            properties: {
              to: { type: 'string', description: ann, default: ann, enum: [ann], examples: [ann], const: ann },
            },
            required: ['to'],
          },
        },
      },
      { type: 'web_search', user_location: { city: ann } },
    ],
    messages: [
      { role: 'system', content: ann },
      { role: 'developer', content: [{ type: 'text', text: ann }] },
      { role: 'user', name: '4155550123', content: `phone: 415-555-0123, ${ann}` },
      {
        role: 'user',
        content: [
          { type: 'text', text: ann },
          { type: 'file', file: { filename: `${ann}.pdf`, file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'image_url', image_url: { url: `https://example.com/?to=${ann}` } },
          { type: 'new', new: { words: ann } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        refusal: ann,
        reasoning_content: ann,
        reasoning_details: [{ type: 'reasoning.text', text: ann, format: 'a/b' }],
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'send', arguments: `{"to":"${ann}","n":4241592066112571}` },
          },
          { id: 'call_2', type: 'custom', custom: { name: 'say', input: ann } },
        ],
        function_call: { name: 'send', arguments: `{"to":"${ann}"}` },
      },
      { role: 'tool', tool_call_id: 'call_1', content: `{"sent_to":"${ann}"}` },
    ],
  };
  const said = masked(request);
  const text = JSON.stringify(said.request);
  expect(text).not.toMatch(/ann@|4241592066112571|555-0123/);
  expect(said.unscanned).toEqual(['file', 'image']);
  const sent = { function: { name: 'send', arguments: '{"to":"[EMAIL]","n":"[CARD]"}' } };
  expect(Object(said.request.messages)[4]).toMatchObject({ tool_calls: [{ id: 'call_1', ...sent }, { id: 'call_2' }] });
  expect(Object(said.request.messages)[5]).toMatchObject({ tool_call_id: 'call_1', content: '{"sent_to":"[EMAIL]"}' });
  expect(said.request.tools).toMatchObject([
    { function: { name: 'send', parameters: { properties: { to: { type: 'string' } }, required: ['to'] } } },
    { type: 'web_search' },
  ]);
});

test('the id of a call is looked through, but for the thoughts it carries, and stays the same in both places', () => {
  const carried = `${ann}~th1-AbC_1-x`;
  const { request } = hidden(
    {
      messages: [
        {
          role: 'assistant',
          tool_calls: [{ id: carried, type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: carried, content: 'x' },
      ],
    },
    waysOf(vaultOf(), scan),
  );
  const id = '[EMAIL_1_k3f9]~th1-AbC_1-x';
  expect(request.messages).toMatchObject([{ tool_calls: [{ id }] }, { tool_call_id: id }]);
});

test('thoughts that a call carries from before, and that hold a value, are left out in both places', () => {
  const idOf = (text: string, signature = 's') =>
    carrying({ id: 'call_1', thoughts: [{ writer: 'lab/m', text, signature }] });
  const turn = (id: string) => ({
    messages: [
      { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: id, content: 'x' },
    ],
  });
  expect(masked(turn(idOf(`I write to ${ann}.`))).request).toEqual(turn('call_1'));
  expect(masked(turn(idOf('Hm.', ann))).request).toEqual(turn('call_1'));
  const clean = turn(idOf('I write to [EMAIL].'));
  expect(masked(clean).request).toEqual(clean);
});

test('what stands where a list should is looked through all the same', () => {
  const wrong = { tool_calls: ann, reasoning_details: { text: ann } };
  const said = masked({ messages: [{ role: 'assistant', ...wrong }], functions: ann, tools: { a: ann } });
  expect(JSON.stringify(said.request)).not.toContain(ann);
  expect(masked({ messages: ann }).request).toEqual({ messages: '[EMAIL]' });
});

test('a list among inputs is of tokens only where all it holds are numbers', () => {
  expect(
    masked({
      input: [
        [1, ann],
        [1, 2],
      ],
    }),
  ).toEqual({
    request: {
      input: [
        [1, '[EMAIL]'],
        [1, 2],
      ],
    },
    unscanned: ['tokens'],
  });
});

test('a request that holds nothing is the same', () => {
  const request = {
    model: 'lab/model',
    seed: 4_241_592_066,
    temperature: 0.5,
    logit_bias: { '1234': 5 },
    tool_choice: { type: 'function', function: { name: 'send' } },
    messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }] }],
  };
  expect(masked(request)).toEqual({ request, unscanned: ['audio'] });
});

const card = 4_111_111_111_111_111;
const says = (content: Json) => ({ messages: [{ role: 'user', content }] });
const takes = (parameters: Json) => ({ tools: [{ type: 'function', function: { name: 'f', parameters } }] });

test.each([
  ['a model', { model: `lab/${ann}` }],
  ['a parameter', { seed: card }],
  ['the name of a function', { tools: [{ type: 'function', function: { name: ann } }] }],
  ['the name of a tool', { messages: [{ role: 'tool', tool_call_id: 'c', name: ann, content: 'x' }] }],
  ['the name of a property', takes({ properties: { [ann]: { type: 'string' } } })],
  ['a word of a schema', takes({ $id: ann })],
  ['a bound of a schema', takes({ properties: { a: { minimum: card } } })],
  [
    'the head of a data: URL',
    says([{ type: 'image_url', image_url: { url: `data:image/png;name=${ann};base64,aGk=` } }]),
  ],
  [
    'an image that is a text',
    says([{ type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.from(ann).toString('base64')}` } }]),
  ],
  ['a file that is only digits', says([{ type: 'file', file: { filename: 'a.pdf', file_data: String(card) } }])],
  ['what only looks like bytes', says([{ type: 'input_audio', input_audio: { data: String(card), format: 'wav' } }])],
  ['two parts of a message', says([ann.slice(0, 6), ann.slice(6)].map((text) => ({ type: 'text', text })))],
])('%s that holds a value is refused, for it can be no other', (_, request) => {
  expect(() => masked(request)).toThrow(/must not leave/);
});

test.each([
  ['a text that looks like a data: URL', says(`data:;base64, write to ${ann}`)],
  ['its head', says(`data:${ann};base64,aGk=`)],
  ['an input of an embedding', { input: [`data:;base64,${ann}`] }],
  ['the name of a field nobody knows', { [ann]: 'x' }],
  ['a number nobody knows', { customer_card: card, more: { n: -card } }],
  ['a choice of a tool', { tool_choice: ann }],
  ['the id of a file', says([{ type: 'file', file: { file_id: String(card) } }])],
])('%s is looked through', (_, request) => {
  const said = JSON.stringify(masked(request).request);
  expect([said.includes(ann), said.includes(String(card))]).toEqual([false, false]);
});

test('parts of a message that each are whole stay as they are, whatever comes next', () => {
  const parts = [`Write to ${ann}`, 'and to nobody else', `but ${ann}`].map((text) => ({ type: 'text', text }));
  const { request } = masked(says(parts));
  expect(JSON.stringify(request)).not.toContain(ann);
});

test("a person's name stays a name providers take", () => {
  const secret = `ghp_${'a1'.repeat(18)}`;
  const { request } = hidden({ messages: [{ role: 'user', name: secret, content: 'x' }] }, waysOf(vaultOf(), scan));
  expect(request.messages).toMatchObject([{ name: 'SECRET_1_k3f9' }]);
});

test('bytes are listed by what they are, and what only says so is looked into', () => {
  const content = [
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    { type: 'input_audio', input_audio: { data: ann, format: 'wav' } },
    { type: 'file', file: { file_data: `not base64: ${ann}` } },
    { type: 'other', url: 'data:video/mp4;base64,AAAA' },
  ];
  const said = masked({ messages: [{ role: 'user', content }] });
  expect(said.unscanned).toEqual(['image']);
  expect(JSON.stringify(said.request)).not.toContain(ann);
});

test('what is given by its URL or its id is listed, for nobody looks into it', () => {
  const content = [
    { type: 'image_url', image_url: { url: 'gs://bucket/a.png' } },
    { type: 'file', file: { file_id: 'file-1' } },
  ];
  expect(masked(says(content))).toEqual({ request: says(content), unscanned: ['file', 'image'] });
});

test('the inputs of an embedding are hidden, and tokens listed', () => {
  expect(masked({ model: 'm', input: ['x', ann] })).toEqual({
    request: { model: 'm', input: ['x', '[EMAIL]'] },
    unscanned: [],
  });
  expect(masked({ model: 'm', input: [[1, 2], [3]] })).toEqual({
    request: { model: 'm', input: [[1, 2], [3]] },
    unscanned: ['tokens'],
  });
});

test('nothing planted leaves in whatever fields, and the request comes back from its placeholders', () => {
  const names = fc.constantFrom(
    'content',
    'text',
    'type',
    'id',
    'role',
    'data',
    'url',
    'file',
    'x',
    'name',
    'properties',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(ann, `to ${ann}`, 'nothing', 1, true, null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(names, tree), (extra) => {
      const vault = vaultOf();
      const request = { messages: [], ...(extra as JsonObject) }; // made of what JSON can say
      const said = JSON.stringify(hidden(request, waysOf(vault, scan)).request);
      expect(said).not.toContain(ann);
      expect(JSON.parse(vault.inJson.whole(said))).toEqual(JSON.parse(JSON.stringify(request)));
    }),
  );
});
