import { expect, test } from 'vitest';
import { bookkeeper } from '../../../lib/aws/ledger/book.ts';
import { memory, type Write, type Written } from '../../../lib/aws/ledger/counters.ts';
import type { Intent } from '../../../lib/aws/ledger/intent.ts';
import { noUsage } from '../../../lib/catalog/usage.ts';
import { bookedOf, emptyCounter } from '../../../lib/ledger/counter.ts';
import { momentOf } from '../../../lib/ledger/windows.ts';

const now = Date.UTC(2026, 10, 26);
const bill = { usage: noUsage, nanoDollars: 5, estimated: false };

/** Books over a table that answers like this, one after the other; gives what each took away. */
async function booked(answers: readonly Pick<Written, 'done' | 'twins'>[], scopeOf = (_: number) => 'tenant#one') {
  const changes: Intent[] = [];
  const write: Write = async (_, change) => {
    const answer = answers[changes.length] ?? { done: true, twins: false };
    changes.push(typeof change === 'function' ? change() : change);
    return { ...answer, counter: emptyCounter };
  };
  const book = bookkeeper(write, memory());
  for (const [index] of answers.entries())
    await book(scopeOf(index), { id: `req_${index}`, moment: momentOf(now, 0), bill, now });
  return changes.map(({ remove }) => remove);
}

test('a booking takes away the sign of the one before, of which no twin can come', async () => {
  const made = { done: true, twins: false };
  expect(await booked([made, made, made])).toEqual([[], [bookedOf('req_0')], [bookedOf('req_1')]]);
});

test('the sign stays of a booking that had no answer at first, and of one that another process made', async () => {
  const made = { done: true, twins: false };
  expect(await booked([{ done: true, twins: true }, { done: false, twins: false }, made, made])).toEqual([
    [],
    [],
    [],
    [bookedOf('req_2')],
  ]);
});

test('signs are remembered of so many counters, and of the others they go with age', async () => {
  const made = { done: true, twins: false };
  const removed = await booked(Array(5_002).fill(made), (index) => `user#${index % 5_001}`);
  expect(removed.at(-1)).toEqual([]);
});
