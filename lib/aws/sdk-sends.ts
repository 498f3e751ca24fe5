import type { Send } from '../wire/send.ts';
import { withConverse } from './converse.ts';
import { withGuardrail } from './guardrail.ts';
import { withInvoke } from './invoke.ts';

/** Sends all that goes through the AWS SDK, and all else as before. */
export const withSdkSends = (send: Send, now: () => number): Send =>
  withGuardrail(withInvoke(withConverse(send, now), now), now);
