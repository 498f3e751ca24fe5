import { GatewayError } from '../errors.ts';
import type { EmbeddingRequest, Embeddings } from '../openai/embedding.ts';
import type { Target } from '../providers/provider.ts';
import type { Inbound } from '../wire/send.ts';
import { readText } from '../wire/text.ts';
import type { Clocks } from './clocks.ts';
import { dispatch } from './dispatch.ts';
import type { Going } from './going.ts';
import type { Step } from './plan.ts';
import type { Tally } from './tally.ts';

/** Larger than any answer there is: 2048 vectors of 3072 dimensions, in digits. */
const MOST_ANSWER_BYTES = 128 * 1024 * 1024;

/** Asks one target for all vectors: one model writes them, or none. */
export function openEmbeddings(request: EmbeddingRequest) {
  return (step: Step, going: Going): Promise<Embeddings> => {
    const { target } = step;
    const { provider, model } = target;
    const dialect = provider.embed?.(model);
    if (dialect === undefined) throw wordless(target);
    const stamp = { id: going.tally.visit.id, created: Math.floor(going.tally.visit.startedAt / 1000), model };
    const toAnswer = async ({ body }: Inbound, clocks: Clocks) => {
      const text = await readText(clocks.whole(body), MOST_ANSWER_BYTES);
      const found = dialect.fromProvider(text, { provider: provider.name, stamp });
      noted(found, going.tally); // first: what was counted is paid for, whatever is wrong with the vectors
      going.tally.sawEmbeddings(complete(found, request, target));
      return found;
    };
    const reading = { streams: false, toError: dialect.toError, toAnswer };
    return dispatch(step, dialect.toProvider(request, target), reading, going);
  };
}

/** Notes what a provider counted, where it counts. */
function noted({ promptTokens: tokens }: Embeddings, tally: Tally): void {
  if (tokens !== undefined)
    tally.counted({ prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }, undefined);
}

/** The vectors, when there is one for each input, of the dimensions that were asked for. */
function complete(found: Embeddings, { input, dimensions }: EmbeddingRequest, target: Target): Embeddings {
  const provider = target.provider.name;
  const { vectors } = found;
  if (vectors.length !== input.length || vectors.some(({ length }) => length === 0))
    throw new GatewayError('provider_error', {
      provider,
      message: `${provider} did not answer with one vector for each input.`,
    });
  const other = vectors.find(({ length }) => dimensions && length !== dimensions);
  if (other !== undefined)
    throw new GatewayError('unsupported_parameter', {
      provider,
      param: 'dimensions',
      message: `${target.name} gives vectors of ${other.length} dimensions whatever it is asked for. Remove dimensions, or send the request to another model.`,
    });
  return found;
}

const wordless = ({ name }: Target) =>
  new GatewayError('unsupported_parameter', {
    param: 'model',
    message: `${name} gives no embeddings. Name a model that does; GET /v1/models lists them with the capability embeddings.`,
  });
