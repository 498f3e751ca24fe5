import { expect, test } from 'vitest';
import { bookkeeper } from '../../../lib/aws/ledger/book.ts';
import type { Write, Written } from '../../../lib/aws/ledger/counters.ts';
import type { Intent } from '../../../lib/aws/ledger/intent.ts';
import { noUsage } from '../../../lib/catalog/usage.ts';
import { bookedOf, emptyCounter } from '../../../lib/ledger/counter.ts';
import { momentOf } from '../../../lib/ledger/windows.ts';
import { failureOf } from '../../support/bytes.ts';
import { timer } from '../../support/timer.ts';

const now = Date.UTC(2026, 10, 26);
const bill = { usage: noUsage, nanoDollars: 5, estimated: false };
const made = { done: true, twins: false };

/** A bookkeeper over a table that answers like this, one after the other, and what it was asked. */
function bookkeeping(answers: readonly (Pick<Written, 'done' | 'twins'> | 'lost')[], restMs = 0) {
  const changes: Intent[] = [];
  const write: Write = async (_, change, { restMs = 0 } = {}) => {
    if (restMs > 0) await new Promise<void>((resolve) => void timer(restMs, resolve));
    const answer = answers[changes.length] ?? made;
    changes.push(structuredClone(typeof change === 'function' ? change() : change));
    if (answer === 'lost') throw new Error('There was no answer.');
    return { ...answer, counter: emptyCounter };
  };
  const persistence = { timer, now: () => now, forMs: 0 };
  const bookIn = bookkeeper({
    write,
    memory: { seen: () => emptyCounter, believed: () => emptyCounter },
    persistence,
    restMs,
  });
  const book = (id: string, scopeId = 'tenant#one') => bookIn(scopeId, { id, moment: momentOf(now, 0), bill, now });
  return { changes, book };
}

test('a booking takes away the sign of the one before, of which no twin can come', async () => {
  const { changes, book } = bookkeeping([]);
  for (const id of ['req_0', 'req_1', 'req_2']) await book(id)();
  expect(changes.map(({ remove }) => remove)).toEqual([[], [bookedOf('req_0')], [bookedOf('req_1')]]);
});

test('the sign stays of a booking that had no answer at first, and of one that another process made', async () => {
  const { changes, book } = bookkeeping([{ done: true, twins: true }, { done: false, twins: false }, made, made]);
  for (const id of ['req_0', 'req_1', 'req_2', 'req_3']) await book(id)();
  expect(changes.map(({ remove }) => remove)).toEqual([[], [], [], [bookedOf('req_2')]]);
});

test('signs are remembered of so many counters, and of the others they go with age', async () => {
  const { changes, book } = bookkeeping([]);
  for (let index = 0; index < 5_002; index++) await book(`req_${index}`, `user#${index % 5_001}`)();
  expect(changes.at(-1)?.remove).toEqual([]);
});

test('calls that come before the first of them leaves are booked as their sum, under one sign', async () => {
  const { changes, book } = bookkeeping([], 5);
  const all = ['req_0', 'req_1', 'req_2'].map((id) => book(id));
  await Promise.all(all.map((sure) => sure()));
  await book('req_3')();
  expect(changes.map(({ add, set }) => [add.total, add.calls, Object.keys(set)])).toEqual([
    [15, 3, [bookedOf('req_0')]],
    [5, 1, [bookedOf('req_3')]],
  ]);
});

test('what had no answer is asked again as it was, though others have come since', async () => {
  const { changes, book } = bookkeeping(['lost']);
  const first = book('req_0');
  expect(await failureOf(first())).toBeInstanceOf(Error);
  await book('req_1')();
  await first();
  await first(); // it is booked by now
  expect(changes).toHaveLength(3);
  expect(changes[2]).toEqual(changes[0]);
  await book('req_2')();
  expect(changes[3]?.remove).toEqual([bookedOf('req_1')]); // a twin of the first may still be on its way
});
