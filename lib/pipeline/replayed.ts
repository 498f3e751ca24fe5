import type { KeptAnswer } from '../repeats.ts';
import type { Answered } from './reply.ts';

/** An answer that was given before, given again. */
export function replayed({ status, headers, body }: KeptAnswer): Answered {
  const streamed = headers['content-type']?.startsWith('text/event-stream');
  return { status, headers: { ...headers, 'idempotent-replayed': 'true' }, body: streamed ? events(body) : [body] };
}

/** What of an answer is as true tomorrow as it is today: rates and times are not. */
export function toKept({ status, headers }: Answered, body: string): KeptAnswer {
  const lasting = Object.entries(headers).filter(([name]) => /^(content-type|cache-control|x-sluice-.*)$/.test(name));
  return { status, headers: Object.fromEntries(lasting), body };
}

/** The events of a stream, one by one, so that one too long for the reader waits for him. */
function* events(body: string): Iterable<string> {
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf('\n\n', from);
    const until = end < 0 ? body.length : end + 2;
    yield body.slice(from, until);
    from = until;
  }
}
