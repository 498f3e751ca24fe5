import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../support/gateway.ts';
import { nobody, serveHttp } from '../../support/server.ts';

const DIMENSIONS = 256;
const seen: { readonly authorization: string | undefined; readonly body: string }[] = [];
let lab: Awaited<ReturnType<typeof serveHttp>>;

beforeAll(async () => {
  lab = await serveHttp(async (request, response) => {
    const body = await readAll(request);
    seen.push({ authorization: request.headers.authorization, body });
    const { model, input, dimensions = DIMENSIONS } = JSON.parse(body);
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.url !== '/v1/embeddings') return answer(404, { error: { message: `There is no ${request.url}.` } });
    if (model === 'secret') return answer(401, { error: { message: 'Who are you?' } });
    if (model === 'chatty') return answer(200, { choices: [] });
    if (model !== 'grams') return answer(404, { error: { message: `There is no model ${model}.` } });
    const data = input.map((each: string, index: number) => ({ index, embedding: grams(each, dimensions) }));
    return answer(200, { object: 'list', model, data: data.reverse() });
  });
});
afterAll(() => lab.close());

/** How often each run of three letters stands in a text, hashed. A stand-in for a model: what it gives measures nothing. */
function grams(text: string, dimensions: number): number[] {
  const counts = Array<number>(dimensions).fill(0);
  for (let at = 0; at + 3 <= text.length; at++) {
    const hash = [...text.slice(at, at + 3)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);
    counts[hash % dimensions] = (counts[hash % dimensions] ?? 0) + 1;
  }
  return counts;
}

function evaluate(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const script = join(root, 'test/bench/semantic/evaluate.ts');
    execFile(
      process.execPath,
      [script, ...words],
      { env: { PATH: process.env.PATH, ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('the evaluation of a model', () => {
  test('scores all pairs over a socket and prints the curve and what follows', async () => {
    const { code, stdout, stderr } = await evaluate(['--base-url', lab.url, '--model', 'grams']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`grams, ${DIMENSIONS} dimensions`);
    expect(stdout).toMatch(/\| 0\.70 \|[\s\S]*\| 0\.99 \|/);
    expect(stdout).toContain('words, no wrong answer:');
    for (const set of ['before the filters', 'against earlier ones', 'after the filters'])
      expect(stdout).toContain(`| ${set} |`);
  });

  test('gives the same as JSON, with a key and as many dimensions as are asked for', async () => {
    seen.length = 0;
    const words = [
      '--base-url',
      `${lab.url}/v1/`,
      '--model',
      'grams',
      '--key-env',
      'LAB',
      '--dimensions',
      '64',
      '--json',
    ];
    const { stdout } = await evaluate(words, { LAB: 'sk-1' });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ model: 'grams', dimensions: 64 });
    expect(report.curve).toHaveLength(30);
    for (const { vectors, literals, words: last } of report.curve) {
      expect(literals.wrong).toBeLessThanOrEqual(vectors.wrong);
      expect(last.wrong).toBeLessThanOrEqual(literals.wrong);
    }
    expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => 'Bearer sk-1'));
  });

  test('says what is wrong, and what to do', async () => {
    const away = await nobody();
    const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
      [['--base-url', away, '--model', 'grams'], /Nothing answers at .*ECONNREFUSED/],
      [['--base-url', lab.url, '--model', 'other'], /404: There is no model other.*--model/],
      [['--base-url', lab.url, '--model', 'secret'], /401: Who are you\?\. .*--key-env/],
      [['--base-url', lab.url, '--model', 'chatty'], /something else than embeddings/],
      [['--base-url', lab.url, '--model', 'grams', '--key-env', 'NOBODY'], /no NOBODY in the environment/],
      [['--base-url', lab.url, '--model', 'grams', '--dimensions', '0'], /--dimensions must be/],
      [['--base-url', 'lab', '--model', 'grams'], /--base-url must be/],
      [['--base-url', lab.url], /--model must name/],
      [['--modle', 'grams'], /Did you mean --model/],
    ];
    for (const [words, message] of cases) {
      const { code, stdout, stderr } = await evaluate(words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.replaceAll('\n', ' ')).toMatch(message);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  test('tells how it is run', async () => {
    const { code, stdout } = await evaluate(['--help']);
    expect(code).toBe(0);
    for (const option of ['--base-url', '--model', '--key-env', '--dimensions', '--json'])
      expect(stdout).toContain(option);
  });
});
