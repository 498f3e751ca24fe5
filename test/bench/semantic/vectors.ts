import * as z from 'zod/mini';
import { Wrong } from '../../../lib/cli/wrong.ts';

/** Where vectors come from: anything that speaks OpenAI's `/v1/embeddings`. */
export type Source = {
  /** With `/v1` at its end, or without. */
  readonly baseUrl: string;
  readonly model: string;
  readonly key?: string | undefined;
  readonly dimensions?: number | undefined;
};

const AT_ONCE = 64;

/** A vector for each text, in their order. Throws `Wrong` with what to do when there is none. */
export async function vectorsOf(texts: readonly string[], source: Source): Promise<readonly (readonly number[])[]> {
  const found: (readonly number[])[] = [];
  for (let at = 0; at < texts.length; at += AT_ONCE)
    found.push(...(await batch(texts.slice(at, at + AT_ONCE), source)));
  const lengths = new Set(found.map(({ length }) => length));
  if (lengths.size > 1)
    throw new Wrong(`${source.model} gave vectors of different lengths: ${[...lengths].join(', ')}.`);
  return found;
}

async function batch(input: readonly string[], { baseUrl, model, key, dimensions }: Source) {
  const url = `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/embeddings`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model, input, encoding_format: 'float', ...(dimensions !== undefined && { dimensions }) }),
    signal: AbortSignal.timeout(300_000),
  }).catch((error: unknown) => {
    throw new Wrong(`Nothing answers at ${url} (${reason(error)}). Is it running, and is --base-url right?`);
  });
  const text = await response.text();
  if (!response.ok) throw new Wrong(`${url} answered ${response.status}${told(text)}.${advice(response.status)}`);
  const answer = answered.safeParse(parsed(text));
  if (!answer.success) throw new Wrong(`${url} answered with something else than embeddings. Is --base-url right?`);
  const data = answer.data.data.toSorted((one, other) => one.index - other.index);
  if (data.length !== input.length) throw new Wrong(`${url} gave ${data.length} vectors for ${input.length} texts.`);
  return data.map(({ embedding }) => embedding);
}

const answered = z.object({
  data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()).check(z.minLength(1)) })),
});
const failed = z.object({ error: z.object({ message: z.string() }) });

const told = (text: string) => {
  const error = failed.safeParse(parsed(text));
  return error.success ? `: ${error.data.error.message.replace(/\.$/, '')}` : '';
};

function advice(status: number): string {
  if (status === 401 || status === 403) return ' Name the variable with the right key: --key-env NAME.';
  if (status === 404) return ' Is --model a model it has, and --base-url right?';
  return '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : String(cause);
}
