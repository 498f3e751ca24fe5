import { describe, expect, test } from 'vitest';
import { sent, sentOnVertex } from './dialogue.ts';

const system = (content: unknown) => ({ role: 'system', content });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown, ...calls: readonly string[]) => ({
  role: 'assistant',
  content,
  ...(calls.length > 0 && {
    tool_calls: calls.map((id) => ({ id, type: 'function', function: { name: 'now', arguments: '{}' } })),
  }),
});
const result = (tool_call_id: string, content: unknown = 'done') => ({ role: 'tool', tool_call_id, content });

const text = (words: string) => ({ type: 'text', text: words });
const told = (...content: readonly object[]) => ({ role: 'user', content });
const said = (...content: readonly object[]) => ({ role: 'assistant', content });
const called = (id: string) => ({ type: 'tool_use', id, name: 'now', input: {} });
const answered = (tool_use_id: string, words = 'done') => ({
  type: 'tool_result',
  tool_use_id,
  content: [text(words)],
});

const conversation = (...messages: readonly object[]) => {
  const { body } = sent({ messages });
  return { system: body.system, messages: body.messages };
};

describe('roles', () => {
  test('instructions at the beginning are the system prompt, in order', () => {
    expect(conversation(system('A.'), { role: 'developer', content: 'B.' }, user('Hi'))).toEqual({
      system: [text('A.'), text('B.')],
      messages: [told(text('Hi'))],
    });
  });

  test('later instructions stay where they came for models up to 4.7', () => {
    expect(conversation(system('A.'), user('Hi'), assistant('Hello'), system('B.'), user('Go'))).toEqual({
      system: [text('A.')],
      messages: [told(text('Hi')), said(text('Hello')), told(text('B.'), text('Go'))],
    });
  });

  test('Opus 4.8 is given later instructions as such, after what the user said', () => {
    const messages = [user('Hi'), assistant('Hello'), system('B.'), user('Go'), system('C.')];
    expect(sent({ model: 'claude-opus-4-8', messages }).body.messages.slice(2)).toEqual([
      told(text('Go')),
      { role: 'system', content: [text('B.'), text('C.')] },
    ]);
    expect(sentOnVertex({ model: 'claude-opus-4-8', messages }).body.messages[2]).toEqual(
      told(text('B.'), text('Go'), text('C.')),
    );
    const unprompted = [user('Hi'), assistant('Hello'), system('B.')];
    expect(sent({ model: 'claude-opus-4-8', messages: unprompted }).body.messages[2]).toEqual(told(text('B.')));
  });

  test('what grows at the end does not change at the beginning', () => {
    const messages = [
      system('A.'),
      user('Hi'),
      assistant('', 'x.1'),
      result('x.1'),
      system('B.'),
      assistant('', 'x_1'),
      result('x_1'),
    ];
    const shorter = conversation(...messages.slice(0, 4)).messages;
    expect(conversation(...messages).messages.slice(0, 2)).toEqual(shorter.slice(0, 2));
  });

  test('neighbours of one role are one message', () => {
    expect(conversation(user('a'), user('b'), assistant('c'), assistant('d'), user('e')).messages).toEqual([
      told(text('a'), text('b')),
      said(text('c'), text('d')),
      told(text('e')),
    ]);
  });

  test('only instructions are what the model is told', () => {
    expect(conversation(system('Be brief.'))).toEqual({ system: undefined, messages: [told(text('Be brief.'))] });
  });

  test('blank texts are left out, and what that empties', () => {
    expect(conversation(system(''), user([text(''), text('Hi')]), assistant(' '), system(' '), user('Go'))).toEqual({
      system: undefined,
      messages: [told(text('Hi'), text('Go'))],
    });
  });

  test('a user who says nothing is told so', () => {
    expect(() => conversation(user('Hi'), assistant('Hello'), user(''))).toThrow('messages[2].content is blank');
    expect(() => conversation(system(' '))).toThrow('messages must hold');
  });

  test('a begun answer is continued by models that do that', () => {
    expect(conversation(user('Count.'), assistant('1, 2, ')).messages[1]).toEqual(said(text('1, 2,')));
    expect(() => sent({ model: 'claude-opus-4-6', messages: [user('Count.'), assistant('1')] })).toThrow('messages[1]');
  });
});

describe('tool calls', () => {
  test('results come first, together, in the order of the calls', () => {
    const { messages } = conversation(
      user('Go'),
      assistant('Look:', 'a', 'b'),
      user('And?'),
      result('b', 'B'),
      result('a', 'A'),
    );
    expect(messages).toEqual([
      told(text('Go')),
      said(text('Look:'), called('a'), called('b')),
      told(answered('a', 'A'), answered('b', 'B'), text('And?')),
    ]);
  });

  test('a blank result is a result', () => {
    const { messages } = conversation(user('Go'), assistant(null, 'a'), result('a', ''));
    expect(messages[2]).toEqual(told({ type: 'tool_result', tool_use_id: 'a' }));
  });

  test('ids are made fit, and never meet', () => {
    const { messages } = conversation(
      user('Go'),
      assistant(null, 'f.x:0', 'f-x:0', 'f_x_0'),
      result('f_x_0', '3'),
      result('f-x:0', '2'),
      result('f.x:0', '1'),
      assistant(null, 'f_x_0'),
      result('f_x_0', '4'),
    );
    expect(messages[1]).toEqual(said(called('f_x_0'), called('f-x_0'), called('f_x_0_2')));
    expect(messages[2]).toEqual(told(answered('f_x_0', '1'), answered('f-x_0', '2'), answered('f_x_0_2', '3')));
    expect(messages.slice(3)).toEqual([said(called('f_x_0_3')), told(answered('f_x_0_3', '4'))]);
  });

  test.each([
    ['messages[1].tool_calls[1]', [user('Go'), assistant(null, 'a', 'b'), result('a')]],
    ['messages[1].tool_calls[0]', [user('Go'), assistant(null, 'a')]],
    ['messages[1].tool_calls[0]', [user('Go'), assistant(null, 'a'), user('No'), assistant('x'), result('a')]],
    ['messages[1].tool_call_id', [user('Go'), result('a')]],
    ['messages[3].tool_call_id', [user('Go'), assistant(null, 'a'), result('a'), result('a')]],
    ['messages[1].tool_calls[1].id', [user('Go'), assistant(null, 'a', 'a'), result('a')]],
  ])('a call and its result must meet: %s', (param, messages) => {
    expect(() => sent({ messages })).toThrow(
      expect.objectContaining({ code: 'invalid_request_error', details: expect.objectContaining({ param }) }),
    );
  });
});

describe('what is not text', () => {
  const shown = (...parts: readonly object[]) => sent({ messages: [user(parts)] }).body.messages[0].content;
  const image = (url: string) => ({ type: 'image_url', image_url: { url } });
  const file = (fields: object) => ({ type: 'file', file: fields });

  test('images go as bytes or as an address', () => {
    expect(shown(image('data:image/jpg;base64,AA=='), text('and'), image('https://x.test/y.png'))).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } },
      text('and'),
      { type: 'image', source: { type: 'url', url: 'https://x.test/y.png' } },
    ]);
    expect(() => shown(image('data:image/tiff;base64,AA=='))).toThrow('image/tiff');
    expect(() => shown(image('http://x.test/y.png'))).toThrow('https');
  });

  test('files go as documents', () => {
    const data = Buffer.from('grüezi').toString('base64');
    expect(
      shown(
        file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' }),
        file({ file_data: `data:text/plain;charset=utf-8;base64,${data}` }),
        file({ file_data: 'data:image/png;base64,AA==' }),
      ),
    ).toEqual([
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'grüezi' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
    ]);
    expect(() => shown(file({ file_data: 'data:application/zip;base64,AA==' }))).toThrow('application/zip');
  });

  test('files kept at Anthropic are named, and only there', () => {
    const messages = [user([file({ file_id: 'file_1' })])];
    const { headers, body } = sent({ messages });
    expect(headers).toMatchObject({ 'anthropic-beta': 'files-api-2025-04-14' });
    expect(body.messages[0].content).toEqual([{ type: 'document', source: { type: 'file', file_id: 'file_1' } }]);
    expect(() => sentOnVertex({ messages })).toThrow('file_id');
  });

  test('audio is refused by its place', () => {
    const audio = { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } };
    expect(() => shown(text('Hear:'), audio)).toThrow('messages[0].content[1]');
  });

  test('hints to cache go along', () => {
    const cache_control = { type: 'ephemeral', ttl: '1h' };
    expect(shown({ ...text('Long.'), cache_control })).toEqual([{ ...text('Long.'), cache_control }]);
    const { body } = sent({ messages: [system([{ ...text('Rules.'), cache_control }]), user('Hi')] });
    expect(body.system).toEqual([{ ...text('Rules.'), cache_control }]);
  });
});
