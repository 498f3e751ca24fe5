import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../lib/openai/json.ts';
import { kinds } from '../../lib/redaction/finding.ts';
import { masking } from '../../lib/redaction/masking.ts';
import { hidden } from '../../lib/redaction/request.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { openVault } from '../../lib/redaction/vault.ts';

const scan = toScanner(kinds);
const ann = 'ann@example.com';
const vaultOf = () => openVault({ scan, nonce: 'k3f9' });
const masked = (request: JsonObject) => hidden(request, masking(scan).hide);

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
    vaultOf().hide,
  );
  const id = '[EMAIL_1_k3f9]~th1-AbC_1-x';
  expect(request.messages).toMatchObject([{ tool_calls: [{ id }] }, { tool_call_id: id }]);
});

test('a request that holds nothing is the same', () => {
  const request = {
    model: 'lab/model',
    seed: 4_241_592_066_112_571,
    temperature: 0.5,
    logit_bias: { '1234': 5 },
    tool_choice: { type: 'function', function: { name: 'send' } },
    messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }] }],
  };
  expect(masked(request)).toEqual({ request, unscanned: ['audio'] });
});

test('properties a schema names keep their names', () => {
  const schema = { type: 'object', properties: { [ann]: { type: 'string', title: ann } }, required: [ann] };
  const { request } = masked({ tools: [{ type: 'function', function: { name: 'f', parameters: schema } }] });
  expect(request.tools).toMatchObject([
    { function: { parameters: { properties: { [ann]: { title: '[EMAIL]' } }, required: [ann] } } },
  ]);
});

test("a person's name stays a name providers take", () => {
  const secret = `ghp_${'a1'.repeat(18)}`;
  const { request } = hidden({ messages: [{ role: 'user', name: secret, content: 'x' }] }, vaultOf().hide);
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
  expect(said.unscanned).toEqual(['audio', 'file', 'image', 'video']);
  expect(JSON.stringify(said.request)).not.toContain(ann);
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
      const said = JSON.stringify(hidden(request, vault.hide).request);
      expect(said).not.toContain(ann);
      expect(JSON.parse(vault.inJson.whole(said))).toEqual(JSON.parse(JSON.stringify(request)));
    }),
  );
});
