import { type CaptureAdmin, capturePrefix } from '../../captures.ts';
import type { Part, Theirs } from './part.ts';

/** Prompts and answers that were kept: of a user under each name that a record has of them. */
export function capturesPart(captures: CaptureAdmin): Part {
  return {
    async *forget(theirs) {
      let before = 0;
      yield { captures: before };
      for (const prefix of prefixesOf(theirs)) {
        let here = 0;
        for await (const { deleted } of captures.delete(prefix)) {
          here = deleted;
          yield { captures: before + here };
        }
        before += here;
      }
    },
  };
}

function prefixesOf(theirs: Theirs): readonly string[] {
  const { tenant } = theirs;
  if (theirs.by === 'tenant') return [capturePrefix({ tenant })];
  const names = new Set([theirs.user, ...theirs.calls.named.map(({ user }) => user)]);
  return [...names].map((user) => capturePrefix({ tenant, user }));
}
