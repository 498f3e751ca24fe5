import { parseJson } from '../json-text.ts';
import { type Post, type Posting, posting } from '../wire/posted.ts';
import type { Timer } from '../wire/timer.ts';
import { type Database, type Limits, passing, statusOf } from './database.ts';
import type { Effort } from './effort.ts';
import { type Credentials, signing } from './signature.ts';

/** Where a database is, and who asks it. */
export type Place = {
  readonly url: string;
  readonly region: string;
  /** Asked for with each request, for they change; without it requests are not signed, as on a laptop. */
  readonly credentials?: (() => Credentials | Promise<Credentials>) | undefined;
};

/** What a database needs of the world. */
export type Means = { readonly timer: Timer; readonly now: () => number; readonly random: () => number };

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * DynamoDB in its own words: JSON over kept connections, signed. The SDK's client takes ten times the processor time for
 * each request, and a cold start 35 ms to load; a governed call makes ten requests. What it is asked, gives and throws is
 * what the SDK's is and does, and the tests ask both.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export function direct({ url, region, credentials }: Place, means: Means): (effort: Effort) => Database {
  const post = posting(url, means.timer, means.now);
  const sign = signing('dynamodb', region);
  const { host } = new URL(url);
  return ({ tryMs, tries }) => {
    const operation =
      <Input extends object, Output>(name: string) =>
      async (input: Input, { abortSignal: signal, requestTimeout: ms = tryMs }: Limits = {}): Promise<Output> => {
        const body = toBody(input);
        const headers = { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${VERSION}.${name}` };
        const sent = (all: Readonly<Record<string, string>>) =>
          answerTo<Output>(post, { headers: all, body, ms, signal });
        const once =
          credentials === undefined
            ? () => sent(headers)
            : async () => sent(sign({ headers, body }, await credentials(), means.now()));
        return repeated(once, tries, means, signal);
      };
    return {
      batchGetItem: operation('BatchGetItem'),
      batchWriteItem: operation('BatchWriteItem'),
      deleteItem: operation('DeleteItem'),
      getItem: operation('GetItem'),
      putItem: operation('PutItem'),
      query: operation('Query'),
      updateItem: operation('UpdateItem'),
    };
  };
}

const VERSION = 'DynamoDB_20120810';

/** What may have bytes in it. */
type Writing = { readonly Item?: Readonly<Record<string, { readonly B?: Uint8Array | undefined }>> | undefined };

/** Tries again, with growing pauses, what had no answer or a refusal that a moment later may be none. */
async function repeated<Output>(
  once: () => Promise<Output>,
  tries: number,
  { timer, random }: Means,
  signal: AbortSignal | undefined,
): Promise<Output> {
  for (let tried = 1, pause = FIRST_PAUSE_MS; ; tried++, pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await once();
    } catch (error) {
      if (tried >= tries || signal?.aborted || !worthAnother(error)) throw error;
      await new Promise<void>((resolve) => void timer(pause * random(), resolve));
    }
  }
}

async function answerTo<Output>(post: Post, posting: Posting): Promise<Output> {
  const { status, text } = await post(posting);
  if (status !== 200) throw toRefusal(status, text);
  try {
    return fromBody(text);
  } catch {
    throw new Error('DynamoDB answered with what is no JSON.'); // the parser's own words would quote it, into a log
  }
}

/** Bytes are written in base64. They are attributes of an item that is put whole, and nowhere else. */
function toBody(input: object): string {
  const { Item = {} }: Writing = input;
  const binary = Object.entries(Item).filter(([, { B }]) => B !== undefined);
  if (binary.length === 0) return JSON.stringify(input);
  const written = binary.map(([name, { B = new Uint8Array() }]) => [name, { B: Buffer.from(B).toString('base64') }]);
  return JSON.stringify({ ...input, Item: { ...Item, ...Object.fromEntries(written) } });
}

/** Nothing else that DynamoDB answers has a text under this name: an attribute's value is an object. */
const fromBody = <Output>(text: string): Output =>
  text.includes('"B":"')
    ? JSON.parse(text, (name, value) =>
        name === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value,
      )
    : parseJson<Output>(text);

/** A refusal as the SDK throws it. */
function toRefusal(status: number, text: string): Error {
  const told = jsonOf(text);
  const name = String(told.__type ?? 'UnknownError').replace(/^.*#/, '');
  const message = String(told.message ?? told.Message ?? `DynamoDB answered with status ${status}.`);
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status },
    ...(told.Item === undefined ? {} : { Item: told.Item }),
  });
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return Object(fromBody<unknown>(text));
  } catch {
    return {}; // something that stands in front of it has answered
  }
}

/** Whether it may go better the next time: what had no answer, too, but for what nobody waits for any more. */
const worthAnother = (error: unknown): boolean =>
  statusOf(error) === undefined ? Object(error).name !== 'AbortError' : passing(error);
