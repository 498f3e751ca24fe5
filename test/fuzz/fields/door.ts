import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chatBytes, openBareDoor } from '../../support/bare-door.ts';
import { answersIn, rawRequest, sendRaw } from '../../support/raw.ts';
import { apiKey } from '../../support/world.ts';
import { changed } from '../bytes.ts';
import { type Field, field } from '../field.ts';
import { toText } from '../hostile.ts';
import { isErrorBody } from '../promises.ts';
import { bentChat, bentEmbedding, honestChats, labels } from '../questions.ts';

const key = { host: 'a', authorization: `Bearer ${apiKey}` };
const honest = [
  ...honestChats.map((chat) => chatBytes(chat)),
  rawRequest('GET /v1/models HTTP/1.1', key),
  rawRequest('GET /v1/models/lab%2Fm HTTP/1.1', key),
  rawRequest('GET /v1/calls/req_1 HTTP/1.1', key),
  rawRequest('GET http://a/healthz?x HTTP/1.1', { host: 'a' }),
  rawRequest('OPTIONS * HTTP/1.1', { host: 'a' }),
  chatBytes(inChunks(JSON.stringify(honestChats[0])), { 'transfer-encoding': 'chunked', 'content-length': '' }),
];

/** The HTTP door on a socket: whatever bytes come, all that goes back are well-formed responses, errors in OpenAI's shape, and no 500. */
export async function door(): Promise<Field> {
  const { port, close, world } = await openBareDoor();
  const asked = fc
    .record({
      body: fc.oneof(bentChat, bentEmbedding),
      headers: labels,
      path: fc.constantFrom('chat/completions', 'embeddings'),
    })
    .map(({ body, headers, path }) => chatBytes(toText(body), headers, `POST /v1/${path} HTTP/1.1`));
  return field({
    name: 'HTTP door',
    share: 80,
    inputs: changed(fc.oneof(fc.constantFrom(...honest), asked), 3),
    holds: async (bytes) => {
      for (const answer of answersIn(await sendRaw(port, bytes))) {
        if (answer.status === 100) continue;
        assert.notEqual(answer.status, 500);
        if (answer.status < 400) continue;
        assert.equal(answer.headers['content-type'], 'application/json');
        if (answer.body !== '') isErrorBody(answer.body); // HEAD has none
      }
      assert.deepEqual(
        world.written.lines.filter(({ level }) => level === 'error'),
        [],
      );
      for (const list of Object.values(world.written)) list.length = 0; // it keeps all that it writes
    },
    close: () => close(0),
  });
}

function inChunks(text: string): string {
  const pieces = text.match(/.{1,20}/gs) ?? [];
  return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
}
