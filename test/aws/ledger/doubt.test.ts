import { expect, test } from 'vitest';
import type { Database } from '../../../lib/aws/database.ts';
import { intent } from '../../../lib/aws/ledger/intent.ts';
import { Unmade, writer } from '../../../lib/aws/ledger/writer.ts';
import { failureOf } from '../../support/bytes.ts';

const nobody = async () => {
  throw new Error('Nobody asks this.');
};

/** A table that answers updates with these failures, one after the other. */
function failing(...failures: readonly Error[]): Database {
  const left = [...failures];
  return {
    batchGetItem: nobody,
    batchWriteItem: nobody,
    deleteItem: nobody,
    getItem: nobody,
    putItem: nobody,
    query: nobody,
    updateItem: async () => {
      throw left.shift() ?? new Error('There is nothing left to fail with.');
    },
  };
}

const lost = () => new Error('other side closed');
const refused = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

test.each([
  ['at once', [], true],
  ['after it was too much at first', [refused('ThrottlingException')], true],
  ['after a fault of the server', [refused('InternalServerError', 500)], false],
  ['after a sending without an answer', [lost()], false],
  [
    'after one without an answer, and another that others overtook',
    [lost(), refused('ConditionalCheckFailedException')],
    false,
  ],
])('a change that is refused %s says truly whether it was certainly not made', async (_, before, certain) => {
  const table = failing(...before, refused('ValidationException'));
  const { write } = writer(table, 'Counters', { timeoutMs: 1_000, random: Math.random });
  const failure = await failureOf(write('tenant#one', intent({ add: { total: 1 }, atMost: { total: 9 } })));
  expect(failure instanceof Unmade).toBe(certain);
});
