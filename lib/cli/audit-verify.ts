import { placeOf } from '../audit/entry.ts';
import { type Fault, type Seen, verifier } from '../audit/verifier.ts';
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
    const since = options.has('since') ? dayOf(sinceIn(options), 'UTC') : undefined;
    const expected = given(options, 'expect');
    if (expected !== undefined && !/^[0-9a-f]{64}$/.test(expected))
      throw new Wrong('--expect takes a hash of 64 hexadecimal digits, as sluice audit verify tells it.');
    const followed = await follow(auditOf(await connect()), since, expected);
    if (followed.read === 0 && followed.fault === undefined && since === undefined) return EMPTY;
    return told(followed, expected);
  },
};

/** Each gateway has had a first change: whoever took all entries away must not hear that they are right. */
const problem = 'The log is empty: nothing was ever changed, all entries have had their time, or somebody emptied it.';
const EMPTY: Outcome = { data: { ok: false, verified: 0, problem }, text: problem, failed: true };

type Followed = Seen & {
  readonly fault?: Fault | undefined;
  /** Whether the hash that was expected is there, or named by the entry that came after its own. */
  readonly met: boolean;
};

function follow(log: AuditLog, since: string | undefined, expected: string | undefined): Promise<Followed> {
  return withProgress(async (tell) => {
    const { see, seen } = verifier({ whole: since === undefined, now: Date.now() });
    let met = false;
    for await (const page of log.oldestFirst(since)) {
      for (const found of page) {
        const fault = see(found);
        if (fault !== undefined) return { ...seen(), fault, met };
        const { hash, previous } = found.entry ?? {};
        met ||= expected !== undefined && [hash, previous?.hash].includes(expected);
      }
      tell(`${seen().read} entries verified…`);
    }
    return { ...seen(), met };
  });
}

function told({ read, fault, newest: head, met, lacking }: Followed, expected: string | undefined): Outcome {
  const counted = read === 1 ? '1 entry is' : `${read} entries are`;
  if (fault !== undefined) {
    const text = `Entry ${fault.place} ${fault.problem}. Before it, ${counted} right.`;
    return { data: { ok: false, verified: read, ...fault }, text, failed: true };
  }
  if (expected !== undefined && !met) {
    const end = lacking
      ? 'is from before those that are read, has had its time, or was cut off'
      : 'was cut off, or replaced';
    const problem = `No entry has the hash ${expected}: what was there when it was noted ${end}`;
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
