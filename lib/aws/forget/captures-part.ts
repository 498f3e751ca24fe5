import { type CaptureAdmin, capturedCall, capturePrefix, type StoredCapture } from '../../captures.ts';
import { labelMark } from '../../redaction/label-mark.ts';
import type { Part, Theirs } from './part.ts';

/** What redaction may have called a value of a tenant's: the kinds of which a name may be. */
export type MarkKinds = (tenant: string) => Promise<readonly string[]>;

/**
 * Prompts and answers that were kept: of a user under each name that a record has of them, or redaction may have given
 * them. What came when its record named nobody any more is found by the call.
 */
export function capturesPart(captures: CaptureAdmin, markKinds: MarkKinds): Part {
  const prefixesOf = async (theirs: Theirs): Promise<readonly string[]> => {
    const { tenant } = theirs;
    if (theirs.by === 'tenant') return [capturePrefix({ tenant })];
    const { user, calls } = theirs;
    const marks = (await markKinds(tenant)).map((kind) => labelMark(tenant, { kind, text: user }));
    const names = new Set([user, ...marks, ...calls.named.map((each) => each.user)]);
    return [...names].map((name) => capturePrefix({ tenant, user: name }));
  };

  async function* found(theirs: Theirs, prefixes: readonly string[]): AsyncIterable<readonly StoredCapture[]> {
    const isTheirs = ({ key }: StoredCapture) =>
      prefixes.some((prefix) => key.startsWith(prefix)) ||
      (theirs.by === 'user' && theirs.calls.ids.has(capturedCall(key)));
    const { tenant } = theirs;
    for await (const page of captures.list(capturePrefix({ tenant }))) yield page.filter(isTheirs);
  }

  return {
    async *count(theirs) {
      let count = 0;
      yield { captures: count };
      for await (const page of found(theirs, await prefixesOf(theirs))) {
        count += page.length;
        yield { captures: count };
      }
    },

    async *forget(theirs) {
      let before = 0;
      yield { captures: before };
      const prefixes = await prefixesOf(theirs);
      for (const prefix of prefixes) {
        let here = 0;
        for await (const { deleted } of captures.delete(prefix)) {
          here = deleted;
          yield { captures: before + here };
        }
        before += here;
      }
      for await (const page of found(theirs, prefixes)) {
        await captures.remove(page);
        before += page.length;
        yield { captures: before };
      }
    },
  };
}
