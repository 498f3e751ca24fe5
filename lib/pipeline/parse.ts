import { GatewayError } from '../errors.ts';
import { type EmbeddingRequest, toEmbeddingRequest } from '../openai/embedding.ts';
import type { Json } from '../openai/json.ts';
import { readJson } from '../openai/read-json.ts';
import { type ChatRequest, toChatRequest } from '../openai/request.ts';
import { type CacheWish, toCacheWish } from './cache/cache-wish.ts';
import { toNamed } from './fallback.ts';
import { type Attributable, type Labels, toLabels, toPatience, toStrict } from './headers.ts';
import type { Visit } from './visit.ts';

/** The largest body that is read. Lambda's own limit is the same. */
export const MOST_BODY_BYTES = 6 * 1024 * 1024;

/** What any request says. */
export type Asked = {
  readonly model: string;
  readonly stream?: boolean | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly n?: number | null;
};

/** What a caller asked for, with all that its headers add. */
export type Ask<Request> = {
  readonly request: Request;
  readonly labels: Labels;
  /** What to try instead of the configured chain when the first model fails, where the caller says. */
  readonly instead?: readonly string[] | undefined;
  /** How long the caller waits for the whole call, in milliseconds. */
  readonly patience: number | undefined;
  /** How long it waits for the first token of each target. */
  readonly firstTokenMs?: number | undefined;
  /** Refuse what would otherwise be dropped and reported. */
  readonly strict: boolean;
  readonly cache: CacheWish;
};

/** The one place where a chat request is validated. */
export const parseChat = (visit: Visit): Ask<ChatRequest> => parsed(visit, toChatRequest);

/** The one place where an embedding request is validated. */
export const parseEmbedding = (visit: Visit): Ask<EmbeddingRequest> => parsed(visit, toEmbeddingRequest);

function parsed<Request extends Attributable & Pick<Asked, 'model'>>(
  visit: Visit,
  toRequest: (body: Json) => Request,
): Ask<Request> {
  requireJson(visit);
  const { body, instead } = toNamed(visit.headers, readJson(visit.body));
  const request = toRequest(body);
  const labels = toLabels(visit.headers, request);
  return {
    request,
    labels,
    instead,
    patience: toPatience(visit.headers, 'x-sluice-timeout-ms'),
    firstTokenMs: toPatience(visit.headers, 'x-sluice-first-token-ms'),
    strict: toStrict(visit.headers),
    cache: toCacheWish(visit.headers),
  };
}

/** Refuses a body that is too large, compressed, or not JSON by its own account. */
function requireJson({ headers, body }: Visit): void {
  if (body.length > MOST_BODY_BYTES) throw tooLarge();
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new GatewayError('invalid_request_error', {
      message: `Send the body as content-type application/json, not ${JSON.stringify(type)}.`,
    });
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new GatewayError('invalid_request_error', {
      message: `Send the body uncompressed; content-encoding ${JSON.stringify(encoding)} is not read.`,
    });
}

/** What a body over the limit is told. */
export const tooLarge = () =>
  new GatewayError('request_too_large', {
    message: `The body is larger than ${MOST_BODY_BYTES / 1024 / 1024} MB. Refer to large files by URL instead of embedding them.`,
  });
