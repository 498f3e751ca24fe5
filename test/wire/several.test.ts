import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Inbound } from '../../lib/wire/send.ts';
import { once, PartlyAnswered, several } from '../../lib/wire/several.ts';
import { readText } from '../../lib/wire/text.ts';
import { failureOf } from '../support/bytes.ts';

const answer = (text: string, status = 200): Inbound => ({ status, headers: { 'retry-after': '7' }, body: once(text) });
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

test('the answers are lines in the order of the parts, whichever comes first', async () => {
  const gate = Promise.withResolvers<void>();
  const inbound = await several(['slow', 'quick'], async (part) => {
    if (part === 'slow') await gate.promise;
    else gate.resolve();
    return answer(`{\n  "said": "${part}"\r\n}\n`);
  });
  expect(inbound).toMatchObject({ status: 200, headers: {} });
  const lines = (await readText(inbound.body)).split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ said: 'slow' }, { said: 'quick' }]);
});

test('no more than eight are under way at once', async () => {
  let under = 0;
  let most = 0;
  const { body } = await several(numbers(50), async (part) => {
    most = Math.max(most, ++under);
    await new Promise(setImmediate);
    under--;
    return answer(`${part}`);
  });
  expect(most).toBe(8);
  expect(await readText(body)).toBe(numbers(50).join('\n'));
});

test('the first refusal takes the place of all answers, and what was unsent stays so', async () => {
  const asked: number[] = [];
  const inbound = await several(numbers(50), async (part) => {
    asked.push(part);
    return part === 3 ? answer('no', 429) : answer('yes');
  });
  expect(inbound).toMatchObject({ status: 429, headers: { 'retry-after': '7' }, partly: true });
  expect(await readText(inbound.body)).toBe('no');
  expect(asked.length).toBeLessThan(20);
});

test('where all are refused nothing was answered', async () => {
  expect((await several(numbers(3), async () => answer('no', 401))).partly).toBeUndefined();
});

test('a failed connection is thrown once what is under way has ended', async () => {
  let ended = 0;
  const broken = new Error('reset');
  const failure = await failureOf(
    several(numbers(8), async (part) => {
      if (part === 0) throw broken;
      await new Promise(setImmediate);
      ended++;
      return answer('yes');
    }),
  );
  expect([failure, ended]).toEqual([new PartlyAnswered(broken), 7]);
});

test('where none had been answered it is thrown as it is', async () => {
  const broken = new Error('reset');
  expect(await failureOf(several(numbers(3), () => Promise.reject(broken)))).toBe(broken);
});

test('answers that are together longer than any answer fail', async () => {
  const piece = new Uint8Array(16 * 1024 * 1024);
  const asked: number[] = [];
  const failing = several(numbers(40), async (part) => {
    asked.push(part);
    return { ...answer('yes'), body: Readable.from([piece]) };
  });
  expect(await failureOf(failing)).toMatchObject({ cause: { code: 'EMSGSIZE' } });
  expect(asked.length).toBeLessThan(20);
});
