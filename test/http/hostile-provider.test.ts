import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { type Script, streaming } from '../support/upstream.ts';

const MB = 1024 * 1024;
/** What an answer may have, some of it twice, as bytes and as a text; a bomb or what never ends would be far more. */
const MOST_GROWN_BYTES = 450 * MB;

let house: House;
let key: string;
beforeAll(async () => {
  house = await openHouse();
  ({ key } = await house.keyOf({}));
});
afterAll(() => house.close());

/** Writes pieces for as long as they are read. */
const endlessly =
  (type: string, beginning: string, piece: string, status = 200): Script =>
  async (_, response) => {
    const gone = once(response, 'close');
    response.writeHead(status, { 'content-type': type }).write(beginning);
    while (!response.destroyed) if (!response.write(piece)) await Promise.race([once(response, 'drain'), gone]);
  };

const bomb = gzipSync(Buffer.alloc(512 * MB, 'data: {"choices":[]}\n\n'));
const packed =
  (type: string): Script =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(bomb);
const whole = '{"choices":[{"index":0,"message":{"role":"assistant","content":"';

describe('a provider cannot fill the memory', () => {
  test.each([
    ['with a bomb for an answer', false, packed('application/json')],
    ['with a bomb for a stream', true, packed('text/event-stream')],
    ['with an answer that never ends', false, endlessly('application/json', whole, 'x'.repeat(MB))],
    ['with an event that never ends', true, endlessly('text/event-stream', 'data: {"a":"', 'x'.repeat(MB))],
    ['with a line that never ends', true, endlessly('text/event-stream', 'dat', 'x'.repeat(MB))],
    [
      'with a stream that never says anything',
      true,
      endlessly('text/event-stream', '', `data: {"choices":[{"index":0,"delta":{}}],"more":"${'x'.repeat(MB)}"}\n\n`),
    ],
    [
      'with headers that never end',
      false,
      (_, response) => void response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end(),
    ],
    ['with a refusal that never ends', false, endlessly('text/plain', 'x', 'x'.repeat(MB), 500)],
  ] satisfies [string, boolean, Script][])('%s', async (_, stream, script) => {
    house.upstream.answerWith(script);
    const before = process.memoryUsage().rss;
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const response = await house.ask(key, { stream, max_tokens: 5 }, { 'x-sluice-timeout-ms': '20000' });
    clearInterval(watching);
    expect(await response.json()).toMatchObject({
      error: { source: 'provider', code: expect.stringMatching(/^provider_/) },
    });
    expect(response.status).toBe(502);
    expect(most - before).toBeLessThan(MOST_GROWN_BYTES);
  });

  test('and what its reader takes as it comes may be as long as it likes', async () => {
    const text = 'x'.repeat(64 * 1024);
    house.upstream.answerWith(
      streaming(async (write) => {
        for (let at = 0; at < 1_200; at++) await write(text);
      }),
    );
    const response = await house.ask(key, { stream: true });
    let bytes = 0;
    let last = '';
    for await (const piece of response.body ?? []) {
      bytes += piece.length;
      last = Buffer.from(piece).toString();
    }
    expect(bytes).toBeGreaterThan(75 * MB);
    expect(last).toMatch(/data: \[DONE\]\n\n$/);
  });
});
