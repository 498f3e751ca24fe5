import { GatewayError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/** An embedding request in OpenAI's words; the input is always a list. Fields we do not know are kept as they came. */
export type EmbeddingRequest = JsonObject & {
  readonly model: string;
  /** Texts, or texts already cut into token ids. */
  readonly input: readonly string[] | readonly (readonly number[])[];
  readonly dimensions?: number | null;
  readonly encoding_format?: 'float' | 'base64' | null;
  readonly user?: string | null;
  readonly safety_identifier?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

/** What an embedding model gave: a vector for each input, in their order. */
export type Embeddings = {
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  /** Undefined where the provider does not count. */
  readonly promptTokens?: number;
};

/** The most inputs OpenAI takes at once. https://platform.openai.com/docs/api-reference/embeddings/create */
const MOST_INPUTS = 2048;

/** Reads a parsed body as an embedding request, or says which field is wrong and how. */
export function toEmbeddingRequest(body: Json): EmbeddingRequest {
  if (!isObject(body)) throw new GatewayError('invalid_request_error', { message: 'The body must be a JSON object.' });
  const { model, input, dimensions, encoding_format: format, metadata } = body;
  if (absent(model) || model === '') throw invalid('model', 'is required: name a model as provider/model');
  // It stands in a response header and in every record.
  if (typeof model !== 'string' || !/^[\x20-\x7e]{1,512}$/.test(model))
    throw invalid('model', 'must be a string of at most 512 printable ASCII characters');
  if (!absent(dimensions) && !(Number.isSafeInteger(dimensions) && Number(dimensions) > 0))
    throw invalid('dimensions', 'must be a whole number of at least 1');
  if (!absent(format) && format !== 'float' && format !== 'base64')
    throw invalid('encoding_format', 'must be float or base64');
  for (const name of ['user', 'safety_identifier'])
    if (!absent(body[name]) && typeof body[name] !== 'string') throw invalid(name, 'must be a string');
  if (!absent(metadata) && !(isObject(metadata) && Object.values(metadata).every((each) => typeof each === 'string')))
    throw invalid('metadata', 'must be an object of strings');
  return { ...body, model, input: toInputs(input) } as EmbeddingRequest; // every field the type names has been checked above
}

function toInputs(input: Json | undefined): EmbeddingRequest['input'] {
  if (absent(input)) throw invalid('input', 'is required');
  if (input === '') throw invalid('input', 'must not be empty');
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) throw invalid('input', 'must be a string or an array');
  const list: readonly Json[] = input;
  if (areTokens(list)) return [list];
  if (list.length === 0 || list.length > MOST_INPUTS)
    throw invalid('input', `must hold from 1 to ${MOST_INPUTS} inputs`);
  if (list.every((each) => typeof each === 'string')) {
    const empty = list.indexOf('');
    if (empty !== -1) throw invalid(`input[${empty}]`, 'must not be empty');
    return list;
  }
  if (list.every(areTokens)) return list;
  throw invalid('input', 'must be a string, an array of strings, an array of token ids, or an array of such arrays');
}

const areTokens = (value: Json): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => Number.isSafeInteger(each) && each >= 0);
const absent = (value: Json | undefined): value is null | undefined => value === undefined || value === null;
const invalid = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });

/** OpenAI's answer. */
export function toEmbeddingView(
  { model, vectors, promptTokens = 0 }: Embeddings,
  encoding: EmbeddingRequest['encoding_format'],
) {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? toBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

/** A vector as OpenAI's SDKs ask for it and decode it: 32-bit floats, little-endian as all machines we run on, in base64. */
function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

/** The vector in such a text; none in a text that cannot be one. */
export function fromBase64(text: string): readonly number[] {
  const { buffer, byteLength } = new Uint8Array(Buffer.from(text, 'base64')); // a copy of its own, and so aligned
  return byteLength % 4 === 0 ? Array.from(new Float32Array(buffer)) : [];
}
