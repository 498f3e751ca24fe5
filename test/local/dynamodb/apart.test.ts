import { expect, test } from 'vitest';
import { apart } from '../../../lib/local/dynamodb/apart.ts';

/** Work that says when it begins, and ends when it is told to. */
function workshop() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const work = (name: string) => {
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return () => {
      begun.push(name);
      return end.promise;
    };
  };
  return {
    begun,
    work,
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  };
}

/** All that can go on without anybody has. */
const settled = () => new Promise((resolve) => void setImmediate(resolve));

test('what is done beside others begins at once, and what is done alone when all before it are over', async () => {
  const { begun, work, end } = workshop();
  const { alone, beside } = apart();
  const told = [beside(work('a')), beside(work('b')), alone(work('C')), beside(work('d')), alone(work('E'))];
  await settled();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await settled();
  expect(begun).toEqual(['a', 'b']);
  end('a');
  await settled();
  expect(begun).toEqual(['a', 'b', 'C']);
  end('C');
  await settled();
  expect(begun).toEqual(['a', 'b', 'C', 'd']);
  end('d');
  await settled();
  expect(begun).toEqual(['a', 'b', 'C', 'd', 'E']);
  end('E');
  expect(await Promise.all(told)).toEqual(['a', 'b', 'C', 'd', 'E']);
});

test("what fails is told to whoever asked for it, and stands in nobody else's way", async () => {
  const { begun, work, end, fail } = workshop();
  const { alone, beside } = apart();
  const [first, second] = [alone(work('A')), beside(work('b'))];
  const third = alone(work('C'));
  fail('A');
  await expect(first).rejects.toThrow('A');
  fail('b');
  await expect(second).rejects.toThrow('b');
  end('C');
  expect(await third).toBe('C');
  expect(begun).toEqual(['A', 'b', 'C']);
});

test('work is told nothing of what was before it', async () => {
  const { alone, beside } = apart();
  const told = async (...args: unknown[]) => args;
  expect(await Promise.all([alone(told), beside(told), alone(told), beside(told)])).toEqual([[], [], [], []]);
});
