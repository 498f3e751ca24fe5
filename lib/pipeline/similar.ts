import type { Config } from '../config/config.ts';
import { usualCache } from '../config/written-cache.ts';
import { GatewayError } from '../errors.ts';
import type { Json } from '../openai/json.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Caller } from '../world.ts';
import type { Embedding } from './embedding.ts';
import { tellingWords } from './few-words-apart.ts';
import { lastTurn } from './last-turn.ts';
import { literals } from './literals.ts';
import type { Ask } from './parse.ts';
import { allows } from './plan.ts';
import { hashOf, significant } from './significant.ts';
import { toTarget } from './target.ts';

/** A question to be compared with others, and all besides its body that shapes the answer. */
export type Comparable = {
  readonly ask: Ask<ChatRequest>;
  readonly asked: Json;
  readonly caller: Caller;
  readonly config: Config;
};

/** What questions that mean the same have in common. */
export type Similar = {
  /** What is compared. */
  readonly embedding: Embedding;
  /** What must be the same: all of the request but its last turn, and of that what counts to the letter. */
  readonly shape: string;
  /** Marks of the words that tell what the question is about: the words themselves are nobody's to keep. */
  readonly words: readonly string[];
  readonly budgetMs: number;
};

/** Why questions alike are not looked for: there is nothing to compare, nothing to compare it by, or the key may not call that. */
export type NoSimilar = 'no-question' | 'no-embedder' | 'embedder-not-allowed';

/** Enough to tell some words from others; all of a long question's must fit into one field. */
const MARK_LENGTH = 6;

/** How questions like this one are found. Its words leave for the embedding model: that must be one the caller may call. */
export function toSimilar({ ask, asked, caller, config }: Comparable): Similar | NoSimilar {
  const { request, labels } = ask;
  const { model, dimensions, budgetMs } = (config.cache ?? usualCache).embeddings;
  const turn = lastTurn(request);
  if (turn === undefined) return 'no-question';
  const target = toTarget(model, config);
  if (target instanceof GatewayError || target.provider.embed?.(target.model) === undefined) return 'no-embedder';
  if (!allows(caller, target.name, labels.feature)) return 'embedder-not-allowed';
  const shape = hashOf(['alike 2', asked, significant(turn.rest), literals(turn.text)]);
  const words = tellingWords(turn.text).map((word) => hashOf([shape, word]).slice(0, MARK_LENGTH));
  return { embedding: { text: turn.text, target, dimensions }, shape, words, budgetMs };
}
