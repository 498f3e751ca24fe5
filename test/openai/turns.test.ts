import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { toChatRequest } from '../../lib/openai/request.ts';
import { toTurns } from '../../lib/openai/turns.ts';

const turns = (...messages: readonly object[]) =>
  toTurns(toChatRequest(JSON.parse(JSON.stringify({ model: 'm', messages }))));

function fault(message: object): readonly [string, string | undefined] {
  try {
    turns(message);
  } catch (error) {
    if (error instanceof GatewayError) return [error.code, error.details.param];
    throw error;
  }
  throw new Error('It was not refused.');
}

const user = (part: object) => ({ role: 'user', content: [part] });
const file = (file_data: string, filename?: string) => user({ type: 'file', file: { file_data, filename } });
const calling = (args: unknown) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }],
});

describe('an assistant', () => {
  test.each([
    { type: 'image_url', image_url: { url: 'https://a.test/a.png' } },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
    { type: 'file', file: { file_id: 'file-1' } },
  ])('that is said to have shown %j is refused by name', (part) => {
    const message = { role: 'assistant', content: [{ type: 'text', text: 'Look:' }, part] };
    expect(fault(message)).toEqual(['unsupported_parameter', 'messages[0].content[1]']);
  });

  test.each(['[1,2]', '5', '"a"', 'true'])('calls with an object, not %s', (args) => {
    expect(fault(calling(args))).toEqual(['invalid_request_error', 'messages[0].tool_calls[0].function.arguments']);
  });

  test('calls with no object too deep to be written out again', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(turns(calling(nested(500)))).toHaveLength(1);
    expect(fault(calling(nested(9_000)))).toEqual([
      'invalid_request_error',
      'messages[0].tool_calls[0].function.arguments',
    ]);
  });

  test.each(['', ' ', 'null', '{}'])('may call with nothing: "%s"', (args) => {
    expect(turns(calling(args))).toMatchObject([{ calls: [{ input: {} }] }]);
  });
});

describe('a file', () => {
  test.each([
    ['data:text/plain;base64,aGk=', undefined, 'text/plain', 'aGk='],
    ['data:text/plain;charset=utf-8;base64,aGk=', 'a.pdf', 'text/plain', 'aGk='],
    ['data:text/csv,a%2Cb%C3%A9', undefined, 'text/csv', Buffer.from('a,bé').toString('base64')],
    [`data:text/plain;name=${'a'.repeat(300)};base64,aGk=`, undefined, 'text/plain', 'aGk='],
    ['data:,hi', undefined, 'text/plain', 'aGk='],
    ['data:;base64,aGk=', 'notes.MD', 'text/markdown', 'aGk='],
    ['aGk=', 'a.b.csv', 'text/csv', 'aGk='],
    ['aGk=', 'a.png', 'image/png', 'aGk='],
    ['JVBERi0xLjQ=', undefined, 'application/pdf', 'JVBERi0xLjQ='],
    ['JVBERi0xLjQ=', 'scan', 'application/pdf', 'JVBERi0xLjQ='],
  ])('%s named %s is %s', (given, name, mediaType, data) => {
    expect(turns(file(given, name))).toMatchObject([{ parts: [{ kind: 'file', mediaType, data }] }]);
  });

  test.each([
    ['https://a.test/a.pdf', 'a.pdf', 'unsupported_parameter', 'file_data'],
    ['gs://bucket/a.pdf', undefined, 'unsupported_parameter', 'file_data'],
    ['not base64!', 'a.pdf', 'invalid_request_error', 'file_data'],
    ['data:text/plain;base64,%%%', undefined, 'invalid_request_error', 'file_data'],
    ['data:text/plain,%E0%A4%A', undefined, 'invalid_request_error', 'file_data'],
    ['data:nothing', undefined, 'invalid_request_error', 'file_data'],
    ['aGk=', undefined, 'invalid_request_error', 'filename'],
    ['aGk=', 'a.constructor', 'invalid_request_error', 'filename'],
  ])('%s named %s is %s of %s', (given, name, code, field) => {
    expect(fault(file(given, name))).toEqual([code, `messages[0].content[0].file.${field}`]);
  });
});
