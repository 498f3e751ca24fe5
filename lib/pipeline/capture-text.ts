import type { FinishReason } from '../openai/answer.ts';
import type { CallRecord } from '../world.ts';

/** The record of a call, and the limit that the gateway set on each choice. */
export type Ended = CallRecord & { readonly limit?: number | undefined };

/** What is seen of a call: its request after redaction, and its answer as far as it was given. */
export type Seen = {
  readonly request: unknown;
  readonly answer?: { readonly choices: readonly { readonly finish_reason: FinishReason | null }[] };
  /** True where the answer went on, and was too long to be seen to its end. */
  readonly cut?: boolean;
};

/** The longest text that is kept of a call, in bytes before it is packed. */
export const MOST_CAPTURE_BYTES = 8 * 1024 * 1024;

/** What else there is besides the head and what was said: names, quotes, `complete` and `cut`. */
const SEAMS_BYTES = 128;

/**
 * A call as it is kept: who asked, by the record of it, and what was said. Of what is too long the beginning is kept, as
 * text under `requestCut` or `answerCut`, and `cut` says so: each part has half the room, and what the other leaves.
 */
export function toCaptureText(ended: Ended, { request, answer, cut = false }: Seen): string {
  const head = toHead(ended);
  const asked = Buffer.from(JSON.stringify(request));
  const said = Buffer.from(answer === undefined ? '' : JSON.stringify(answer));
  const room = MOST_CAPTURE_BYTES - Buffer.byteLength(JSON.stringify(head)) - SEAMS_BYTES;
  const beside = ({ length }: Buffer) => Math.max(room / 2, room - length);
  const all = !cut && asked.length + said.length <= room;
  const told = { ...head, complete: all && finished(ended, answer), ...(!all && { cut: true }) };
  const parts = part('request', asked, beside(said)) + part('answer', said, beside(asked));
  return `${JSON.stringify(told).slice(0, -1)}${parts}}`; // by hand: what was said would be written twice to be measured
}

const toHead = ({ id, at, tenant, user, endpoint, model, limit, redaction, errorCode }: Ended) => ({
  v: 1,
  id,
  at: new Date(at).toISOString(),
  tenant,
  user,
  endpoint,
  model,
  limit,
  redaction: redaction?.mode,
  error: errorCode,
});

/** True for a call that ended well, and each choice of its answer, too. */
const finished = ({ errorCode }: Ended, answer: Seen['answer']): boolean =>
  errorCode === undefined && (answer?.choices ?? []).every(({ finish_reason }) => finish_reason !== null);

/** One field more of an object, given as JSON. */
function part(name: 'request' | 'answer', json: Buffer, room: number): string {
  if (json.length === 0) return '';
  if (json.length <= room) return `,"${name}":${json}`;
  return `,"${name}Cut":${JSON.stringify(beginning(json, room))}`;
}

/** As much of a JSON text as has room once it is quoted. */
function beginning(json: Buffer, room: number): string {
  let end = 0;
  for (let used = 0; end < json.length; end++) {
    used += json[end] === QUOTE || json[end] === BACKSLASH ? 2 : 1;
    if (used > room) break;
  }
  return new TextDecoder().decode(json.subarray(0, end), { stream: true }); // without the half of a character
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
