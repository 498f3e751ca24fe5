import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { readText } from '../../../lib/wire/text.ts';
import type { Meant, Tongue } from '../../support/mixed/tongue.ts';
import { anthropic, gemini, openaiStream, openaiWhole } from '../../support/mixed/tongues.ts';

// A provider in a process of its own that answers at once, as the model's name says: `words-200`, each an event of its
// own; `words-200-ms-10`, so far apart; `bytes-1000`, all in one word.

const server = createServer(async (request, response) => {
  const { url: path = '' } = request;
  const body = JSON.parse(await readText(request));
  const model = /\bmodels\/([^/:]+)/.exec(path)?.[1] ?? String(body.model);
  await answer(tongueOf(path, body.stream === true), meantBy(model), response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});

function tongueOf(path: string, streams: boolean): Tongue {
  if (path.endsWith('/messages')) return anthropic;
  if (path.includes('/models/')) return gemini;
  return streams ? openaiStream : openaiWhole;
}

function meantBy(model: string): Meant & { readonly paceMs: number } {
  const knob = (name: string) => Number(new RegExp(`${name}-(\\d+)`).exec(model)?.[1] ?? 0);
  const words = Array<string>(knob('words')).fill('word ');
  const bytes = knob('bytes');
  const said = words.length || 1;
  return {
    model,
    words: bytes > 0 ? ['x'.repeat(bytes)] : words,
    counts: { fresh: 200, cached: 0, kept: 0, keptLong: 0, said, thought: 0 },
    counted: true,
    paceMs: knob('ms'),
  };
}

async function answer(tongue: Tongue, { paceMs, ...meant }: ReturnType<typeof meantBy>, response: ServerResponse) {
  const { opening, word, finish, ending, type, whole } = tongue;
  const parts = [opening(meant), ...meant.words.map((each, at) => word(each, meant, at + 1)), finish(meant), ending];
  response.writeHead(200, { 'content-type': type });
  if (whole) return response.end(parts.join(''));
  const startedAt = performance.now();
  for (const [at, part] of parts.entries()) {
    // By the clock, not after the part before: what timers are late would add up to more than a gateway takes. And none
    // after the last: a gateway ends its answer there, and would seem faster than its provider.
    if (paceMs > 0 && at > 0) await pause(Math.max(0, startedAt + at * paceMs - performance.now()));
    response.write(part);
  }
  return response.end();
}
