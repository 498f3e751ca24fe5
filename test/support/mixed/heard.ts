import type { Call } from './calls.ts';
import { SPOKEN } from './perform.ts';
import type { Arranged } from './providers.ts';

/** What a caller knows of its call. */
export type Heard = {
  readonly call: Call;
  readonly admitted: boolean;
  /** Whether the answer is that of an earlier call with the same name. */
  readonly replayed: boolean;
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** The kind of scope whose limit refused it. */
  readonly refusedBy: string | undefined;
  readonly id: string | undefined;
  /** What it was told that it costs, in nano-dollars, each time it was told. */
  readonly told: readonly number[];
  readonly cache: string | undefined;
};

/** Makes a call, and leaves it when it is to. */
export async function hear(call: Call, url: string, arranged: Arranged | undefined): Promise<Heard> {
  const { path, member, headers, body, leaves } = call;
  const gone = new AbortController();
  const answering = fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${member.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: gone.signal,
  });
  try {
    if (leaves === 'early') {
      const first = await Promise.race([answering, arranged?.waiting.promise]);
      if (first === undefined) return leave(call, answering, gone);
    }
    const response = await answering;
    const text = await read(response, leaves === undefined || leaves === 'early' ? undefined : `word${SPOKEN - 1}`);
    if (text === undefined) return leave(call, answering, gone);
    return heardIn(call, response, text);
  } finally {
    gone.abort();
    arranged?.left.resolve();
  }
}

async function leave(call: Call, answering: Promise<Response>, gone: AbortController): Promise<Heard> {
  gone.abort();
  const response = await answering.catch(() => undefined);
  const id = response?.headers.get('x-request-id') ?? undefined;
  // Even who asked first may be given the answer to one who asked again, where its own request was the later to arrive.
  const replayed = response?.headers.get('idempotent-replayed') === 'true';
  const known = { replayed, status: response?.status, code: undefined, refusedBy: undefined, cache: undefined };
  return { ...known, call, admitted: true, id, told: [] };
}

/** The whole of an answer; nothing where a word came at which to leave. */
async function read(response: Response, until: string | undefined): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (until !== undefined && response.ok && text.includes(until)) return undefined;
  }
  return text;
}

function heardIn(call: Call, response: Response, text: string): Heard {
  const { status, headers } = response;
  const streamed = headers.get('content-type')?.startsWith('text/event-stream');
  const events = streamed ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data) : [text];
  const wires = events.filter((data) => data !== '[DONE]').map((data) => Object(JSON.parse(data)));
  const { error } = Object(wires.find((wire) => wire.error !== undefined));
  const inHeader = headers.get('x-sluice-cost-usd');
  const costs = wires.flatMap(({ usage }) => (usage?.cost === undefined ? [] : [Math.round(usage.cost * 1e9)]));
  return {
    call,
    // Who was let in is told what was tried for him, were it nothing.
    admitted: response.ok || error?.attempts !== undefined,
    replayed: headers.get('idempotent-replayed') === 'true',
    status,
    code: error?.code,
    refusedBy: error?.limit?.scope,
    id: headers.get('x-request-id') ?? undefined,
    told: [...(inHeader === null ? [] : [nanoDollarsIn(inHeader)]), ...costs],
    cache: headers.get('x-sluice-cache') ?? undefined,
  };
}

/** Dollars as they are written, in whole nano-dollars. */
function nanoDollarsIn(dollars: string): number {
  const [whole = '', fraction = ''] = dollars.split('.');
  if (!/^\d+$/.test(whole) || !/^\d{0,9}$/.test(fraction)) throw new Error(`${dollars} is no amount of dollars.`);
  return Number(whole + fraction.padEnd(9, '0'));
}
