import type { Caller } from '../caller.ts';
import type { CaptureRecord } from '../captures.ts';
import type { JsonObject } from '../openai/json.ts';
import type { World } from '../world.ts';
import { type Ended, type Seen, toCaptureText } from './capture-text.ts';
import { keptInTime } from './kept-in-time.ts';
import type { ChatAnswer } from './open-chat.ts';
import { overheard } from './overheard.ts';

/** What is kept of a call for a tenant that wants it. */
export type Capture = {
  /** Lets an answer pass, unchanged and no later, and has seen it then. It must not hold again what was taken out of its request. */
  readonly seen: (answer: ChatAnswer) => ChatAnswer;
  /** Keeps the call that has ended so, and gives what its record is to say of that. Never fails, and takes no longer than `KEEPING_MS`. */
  readonly keep: (ended: Ended, world: World) => Promise<{ readonly capture: CaptureRecord }>;
};

/** Opens the capture of a call, given its request as it leaves; undefined where its tenant wants none: then nothing looks at the answer. */
export function toCapture(request: JsonObject, { capture }: Caller): Capture | undefined {
  if (capture !== true) return undefined;
  let answer = (): Omit<Seen, 'request'> => ({});
  return {
    seen: (given) => {
      if (given.kind === 'whole') {
        answer = () => ({ answer: given.completion });
        return given;
      }
      const { chunks, soFar } = overheard(given.chunks);
      answer = soFar;
      return { kind: 'stream', chunks };
    },
    keep: async (ended, world) => {
      try {
        return {
          capture: { key: await keptInTime(ended, () => toCaptureText(ended, { request, ...answer() }), world) },
        };
      } catch (error) {
        const { id, tenant } = ended;
        world.log.error('A capture could not be kept.', { id, tenant, cause: String(error).slice(0, 500) });
        world.metrics.count('CaptureFailed');
        return { capture: { failed: true } };
      }
    },
  };
}
