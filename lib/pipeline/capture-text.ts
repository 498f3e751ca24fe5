import type { CallRecord } from '../world.ts';

/** What is seen of a call: its request as it left, and its answer as far as it was given. */
export type Seen = {
  readonly request: unknown;
  readonly answer?: unknown;
  /** True where the answer went on, and was too long to be seen to its end. */
  readonly cut?: boolean | undefined;
};

/** The longest text that is kept of a call, in bytes before it is packed. */
export const MOST_CAPTURE_BYTES = 8 * 1024 * 1024;

/**
 * A call as it is kept: who asked, by the record of it, and what was said. Of what is too long the beginning is kept, as
 * text under `requestCut` or `answerCut`, and `cut` says so.
 */
export function toCaptureText(ended: CallRecord, { request, answer, cut }: Seen): string {
  const { id, at, tenant, user, endpoint, model, redaction, errorCode } = ended;
  const head = {
    v: 1,
    id,
    at: new Date(at).toISOString(),
    tenant,
    user,
    endpoint,
    model,
    redaction: redaction?.mode,
    complete: errorCode === undefined,
    error: errorCode,
    cut,
  };
  const whole = JSON.stringify({ ...head, request, answer });
  if (Buffer.byteLength(whole) <= MOST_CAPTURE_BYTES) return whole;
  return JSON.stringify({ ...head, cut: true, ...part('request', request), ...part('answer', answer) });
}

/** Half of what there is room for, a quarter where it is text: quoted again it may be twice as long. */
function part(name: 'request' | 'answer', value: unknown): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(JSON.stringify(value) ?? '');
  const room = MOST_CAPTURE_BYTES / 2 - 2_048; // less what stands in the head
  if (bytes.length <= room) return { [name]: value };
  return { [`${name}Cut`]: new TextDecoder().decode(bytes.subarray(0, room / 2), { stream: true }) };
}
