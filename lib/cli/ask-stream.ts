import type { Arrivals } from './arrivals.ts';

const PATIENCE_MS = 60_000;

export type Streamed =
  | { readonly ok: true; readonly arrivals: Arrivals }
  | { readonly ok: false; readonly why: string };

/** Asks a gateway for a stream and reads it to its end; gives when each piece of content came, or why none did. */
export async function askStream(baseUrl: string, key: string, body: object): Promise<Streamed> {
  const askedAt = performance.now();
  try {
    const response = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      // An answer from the cache comes at once, and says nothing of the model.
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status !== 200) return { ok: false, why: told(`${response.status}`, await response.text()) };
    const at: number[] = [];
    let rest = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = `${rest}${piece}`.split(/\r?\n\r?\n/);
      rest = events.pop() ?? '';
      const failure = events.find((event) => event.startsWith('data: {"error"'));
      if (failure !== undefined) return { ok: false, why: told('it broke off', failure.slice('data: '.length)) };
      for (const event of events) if (/"content":"[^"]/.test(event)) at.push(performance.now());
    }
    return { ok: true, arrivals: { askedAt, at } };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** What an error says, and what helps where its own words do not. */
function told(how: string, text: string): string {
  const said = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text.slice(0, 300);
  return text.includes('"provider_credentials"') ? `${how}: ${said} ${REFUSED}` : `${how}: ${said}`;
}

const REFUSED =
  'Where that is a key, look at its secret. Where it is the role of the function, it must be allowed to invoke the model: the inference profile, and the models behind it in every region it leads to; and the account must have access to the model: open it once in the console, as somebody who may subscribe (aws-marketplace:Subscribe), which the role may not; some makers of models ask for a form first.';
