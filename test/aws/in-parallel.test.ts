import { expect, test } from 'vitest';
import { inParallel } from '../../lib/aws/in-parallel.ts';

test('no more work is done at once than is allowed, and all of it', async () => {
  let atOnce = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5], 2, async (each) => {
    most = Math.max(most, ++atOnce);
    await Promise.resolve();
    atOnce -= 1;
    done.push(each);
  });
  expect([most, done.sort()]).toEqual([2, [1, 2, 3, 4, 5]]);
});

test('after a failure nothing more is begun, and what is under way comes to its end first', async () => {
  const begun: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let ended = false;
  const all = inParallel([1, 2, 3, 4], 2, async (each) => {
    begun.push(each);
    if (each === 2) throw new Error('the second');
    await promise;
    ended = true;
  });
  const outcome = all.then(
    () => 'done',
    (error: unknown) => [String(error), ended],
  );
  await new Promise(setImmediate);
  resolve();
  expect(await outcome).toEqual(['Error: the second', true]);
  expect(begun).toEqual([1, 2]);
});
