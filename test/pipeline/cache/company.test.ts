import { describe, expect, test } from 'vitest';
import { accompanied } from '../../../lib/pipeline/cache/company.ts';

/** A visit whose caller may hang up, and whose door may run out of time. */
function visited() {
  const [caller, door] = [new AbortController(), new AbortController()];
  const company = accompanied({ signal: AbortSignal.any([caller.signal, door.signal]), over: door.signal });
  return { company, hangUp: () => caller.abort('hung up'), runOut: () => door.abort('over') };
}

describe('a call whose caller hangs up', () => {
  test('ends where nobody else waits for it, for the caller’s reason', () => {
    const { company, hangUp } = visited();
    expect(company.signal.aborted).toBe(false);
    hangUp();
    expect([company.signal.aborted, company.signal.reason]).toEqual([true, 'hung up']);
  });

  test('goes on until the last of those who joined has left', () => {
    const { company, hangUp } = visited();
    const [one, other] = [company.join(), company.join()];
    hangUp();
    one?.();
    one?.(); // who leaves twice has left once
    expect([company.others(), company.signal.aborted]).toEqual([true, false]);
    other?.();
    expect([company.others(), company.signal.aborted]).toEqual([false, true]);
  });

  test('may be joined while others wait, and not once it has ended', () => {
    const { company, hangUp } = visited();
    const leave = company.join();
    hangUp();
    expect(company.join()).toBeTypeOf('function');
    leave?.();
    expect(company.signal.aborted).toBe(false);
    const gone = visited();
    gone.hangUp();
    expect(gone.company.join()).toBeUndefined();
  });

  test('that was gone before it began is ended at once', () => {
    const caller = AbortSignal.abort('gone');
    expect(accompanied({ signal: caller, over: new AbortController().signal }).signal.reason).toBe('gone');
  });
});

test('a call whose own caller waits goes on when those who joined have left', () => {
  const { company } = visited();
  company.join()?.();
  expect([company.others(), company.signal.aborted]).toEqual([false, false]);
});

test('the door’s own time ends a call, whoever waits', () => {
  const { company, runOut } = visited();
  company.join();
  runOut();
  expect([company.signal.aborted, company.signal.reason]).toEqual([true, 'over']);
  expect(company.join()).toBeUndefined();
});

describe('a company that closes', () => {
  test('is joined by nobody from then on', () => {
    const { company } = visited();
    expect(company.close()).toBe(true);
    expect(company.join()).toBeUndefined();
  });

  test('does not while somebody has joined it', () => {
    const { company } = visited();
    const leave = company.join();
    expect(company.close()).toBe(false);
    expect(company.join()).toBeTypeOf('function');
    leave?.();
    expect(company.close()).toBe(false); // one still waits
  });
});
