import { type Fields, isFields, listOf } from './ceiling-request.ts';
import { textBytes } from './input-bound-text.ts';

/** What a model may write: in each of so many choices, and besides them. */
export type OutputBound = {
  readonly choices: number;
  readonly eachChoice: number;
  /** A prediction the answer does not follow is paid for as if it had been written. */
  readonly besides: number;
  /** True where nobody sets a limit, and ours must be sent. */
  readonly unlimited: boolean;
};

/** What a choice is limited to where neither the request nor what is known of the model limits it. */
export const USUAL_LIMIT = 4096;

/** The most a request lets a model write. A request for more than the model is known to give stands: its provider may know better. */
export function outputBound(request: Fields, mostOutputTokens: number | undefined): OutputBound {
  const choices = Math.max(countIn(request.n) ?? 1, countIn(request.best_of) ?? 1);
  const eachChoice = askedIn(request) ?? mostOutputTokens;
  return {
    choices,
    eachChoice: eachChoice ?? USUAL_LIMIT,
    besides: isFields(request.prediction) ? choices * bytesIn(request.prediction.content) : 0,
    unlimited: eachChoice === undefined,
  };
}

/** The most tokens a request asks for in a choice: of two limits the wider, for a provider may heed either. */
export function askedIn(request: Fields): number | undefined {
  const { max_tokens, max_completion_tokens } = request;
  const [one, other] = [countIn(max_tokens), countIn(max_completion_tokens)];
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/**
 * The request as it must be sent to a target for its ceiling to hold, with no more than so many tokens in a choice; the
 * very same where that changes nothing.
 */
export function limitedTo<Request extends Fields>(
  request: Request,
  { mostOutputTokens }: { readonly mostOutputTokens?: number },
  most = Number.POSITIVE_INFINITY,
): Request {
  const asked = askedIn(request);
  const own = asked ?? mostOutputTokens;
  if (own !== undefined && own <= most) return request;
  const limit = Math.min(most, own ?? USUAL_LIMIT);
  const named = LIMITS.filter((name) => countIn(request[name]) !== undefined);
  const lowered = (named.length > 0 ? named : ['max_tokens']).map((name) => [
    name,
    Math.min(limit, countIn(request[name]) ?? limit),
  ]);
  return { ...request, ...Object.fromEntries(lowered) };
}

const LIMITS = ['max_tokens', 'max_completion_tokens'];

function bytesIn(content: unknown): number {
  if (typeof content === 'string') return textBytes(content);
  return listOf(content).reduce<number>((sum, part) => sum + (isFields(part) ? bytesIn(part.text) : 0), 0);
}

const countIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
