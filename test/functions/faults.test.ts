import { afterAll, beforeAll, describe, test } from 'vitest';
import { afterContent } from '../support/faults/after-content.ts';
import { beforeContent } from '../support/faults/before-content.ts';
import { expectBill, SECONDS } from '../support/faults/bill.ts';
import { callersFault, callersFaultLater } from '../support/faults/callers-fault.ts';
import { type Cell, cellsOf } from '../support/faults/cell.ts';
import { exceptionsFirst, exceptionsLater } from '../support/faults/exceptions.ts';
import { heardIn } from '../support/faults/heard.ts';
import { type FaultHouse, openFaultHouse, SECOND } from '../support/faults/house.ts';

const before = cellsOf([...beforeContent, ...exceptionsFirst]);
const after = cellsOf([...afterContent, ...exceptionsLater]);
const wrong = cellsOf(callersFault);
const wrongLater = cellsOf(callersFaultLater);
const isAbsent = ({ row }: Cell) => row.absent === true;

let house: FaultHouse;
let emptyHouse: FaultHouse;
beforeAll(async () => {
  const cells = [...before, ...after, ...wrong, ...wrongLater];
  [house, emptyHouse] = await Promise.all([
    openFaultHouse(cells.filter((cell) => !isAbsent(cell))),
    openFaultHouse(cells.filter(isAbsent)),
  ]);
});
afterAll(() => Promise.all([house?.close(), emptyHouse?.close()]));

/** Asks for a cell's route as a fresh tenant. */
async function ask(cell: Cell) {
  const { id, stream, row } = cell;
  const at = isAbsent(cell) ? emptyHouse : house;
  const { key, tenant } = await at.keyOf({ budgets: { day: 1 } });
  const heard = await heardIn(await at.ask(key, { model: id, stream, max_tokens: 50 }, row.headers));
  const asked = [cell.provider, 'second'].map((provider) => at.asked(provider, cell));
  return { heard, asked, tables: at.tables, tenant };
}

const titled = (cells: readonly Cell[]) => cells.map((cell): [string, Cell] => [titleOf(cell), cell]);
const titleOf = ({ provider, stream, row, owed }: Cell) =>
  `${stream ? 'a stream' : 'a whole answer'}, when ${provider} ${row.fault}: ${words[owed]} is owed for that`;
const words = { nothing: 'nothing', usage: 'what it counted', bound: 'at most an upper bound' };

const streamed = ({ stream }: Cell) => stream;
const unstreamed = ({ stream }: Cell) => !stream;

describe('the second target answers', () => {
  const cells = [...before, ...after.filter(unstreamed)];
  test.concurrent.for(titled(cells))('%s', async ([, cell], { expect }) => {
    const { provider, id, told, owed, stream } = cell;
    const { heard, asked, tables, tenant } = await ask(cell);
    expect(heard).toMatchObject({
      status: 200,
      content: SECOND,
      finish: 'stop',
      done: stream,
      error: undefined,
      attempts: `${provider}:${told},second:200`,
      model: `second/${id}`,
    });
    expect(asked).toEqual([isAbsent(cell) ? 0 : 1, 1]);
    await expectBill(tables, { tenant, owed, besides: SECONDS }, expect);
  });
});

describe('nobody else is asked, and the failure is told inside the answer,', () => {
  const cells = [...after, ...wrongLater].filter(streamed);
  test.concurrent.for(titled(cells))('%s', async ([, cell], { expect }) => {
    const { provider, id, told, owed } = cell;
    const { heard, asked, tables, tenant } = await ask(cell);
    expect(heard).toMatchObject({
      status: 200,
      content: 'Hello',
      finish: null,
      done: false,
      error: { source: 'provider', provider, attempts: [{ target: `${provider}/${id}`, status: told }] },
      attempts: `${provider}:200`,
      model: `${provider}/${id}`,
    });
    expect(asked).toEqual([1, 0]);
    await expectBill(tables, { tenant, owed, besides: 0 }, expect);
  });
});

describe('nobody else is asked, and the caller is told what it asked wrongly,', () => {
  const cells = [...wrong, ...wrongLater.filter(unstreamed)];
  test.concurrent.for(titled(cells))('%s', async ([, cell], { expect }) => {
    const { provider, told, owed } = cell;
    const { heard, asked, tables, tenant } = await ask(cell);
    expect(heard).toMatchObject({
      status: 400,
      content: '',
      error: { code: 'invalid_request_error', source: 'provider', provider },
      attempts: `${provider}:${told}`,
    });
    expect(asked).toEqual([1, 0]);
    await expectBill(tables, { tenant, owed, besides: 0 }, expect);
  });
});
