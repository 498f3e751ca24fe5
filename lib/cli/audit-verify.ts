import { type Entry, placeOf } from '../audit/entry.ts';
import { type Fault, problemOf } from '../audit/verified.ts';
import type { AuditLog } from '../aws/audit-log.ts';
import { auditOf, sinceIn } from './audit-entries.ts';
import { given } from './options.ts';
import { type Deed, none, type Outcome } from './outcome.ts';
import { withProgress } from './progress.ts';
import { dayOf } from './since.ts';
import { Wrong } from './wrong.ts';

/** `sluice audit verify`: whether the log is what was written. */
export const verify: Deed = {
  takes: { since: 'value', expect: 'value' },
  act: async ({ connect, operands, options }) => {
    none(operands);
    const since = dayOf(sinceIn(options), 'UTC');
    const expected = given(options, 'expect');
    if (expected !== undefined && !/^[0-9a-f]{64}$/.test(expected))
      throw new Wrong('--expect takes a hash of 64 hexadecimal digits, as sluice audit verify tells it.');
    return told(await followed(auditOf(await connect()), since, options.has('since'), expected), expected);
  },
};

type Followed = { readonly read: number; readonly fault?: Fault; readonly head?: Entry; readonly met: boolean };

function followed(log: AuditLog, since: string, partly: boolean, expected: string | undefined): Promise<Followed> {
  return withProgress(async (tell) => {
    const look = { whole: !partly, now: Date.now() };
    let head: Entry | undefined;
    let read = 0;
    let met = false;
    for await (const page of log.oldestFirst(since)) {
      for (const found of page) {
        const problem = problemOf(found, head, look);
        if (problem !== undefined) return { read, fault: { place: found.place, problem }, met };
        head = found.entry;
        met ||= head?.hash === expected;
        read++;
      }
      tell(`${read} entries verified…`);
    }
    return { read, ...(head && { head }), met };
  });
}

function told({ read, fault, head, met }: Followed, expected: string | undefined): Outcome {
  const counted = read === 1 ? '1 entry is' : `${read} entries are`;
  if (fault !== undefined) {
    const text = `Entry ${fault.place} ${fault.problem}. Before it, ${counted} right.`;
    return { data: { ok: false, verified: read, ...fault }, text, failed: true };
  }
  if (expected !== undefined && !met) {
    const problem = `No entry has the hash ${expected}: what was there when it was noted was cut off, or replaced`;
    return {
      data: { ok: false, verified: read, problem },
      text: `${problem}. In themselves, ${counted} right.`,
      failed: true,
    };
  }
  const newest = head && { place: placeOf(head), hash: head.hash };
  const noted = newest ? ` The newest is ${newest.place}, with the hash\n${newest.hash}` : '';
  return {
    data: { ok: true, verified: read, newest },
    text: `${counted[0]?.toUpperCase()}${counted.slice(1)} right.${noted}`,
  };
}
