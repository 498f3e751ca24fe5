import type { Caller } from '../../caller.ts';
import type { Config } from '../../config/config.ts';
import { usualCache } from '../../config/written-cache.ts';
import { GatewayError } from '../../errors.ts';
import type { Json } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { nonCompliant } from '../compliant.ts';
import type { Ask } from '../parse.ts';
import { allows } from '../plan.ts';
import { toTarget } from '../target.ts';
import type { Embedding } from './embedding.ts';
import { lastTurn } from './last-turn.ts';
import { literals } from './literals.ts';
import { marked, questionWords } from './question-words.ts';
import { hashOf, significant } from './significant.ts';

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
  /** Marks of the question's words, so that these are not in the clear. They are no secret: who has them and a dictionary can find the words. */
  readonly words: readonly string[];
  readonly budgetMs: number;
};

/** Why questions alike are not looked for: there is nothing to compare, nothing to compare it by, the key may not call that, or it breaks a rule over the key. */
export type NoSimilar = 'no-question' | 'no-embedder' | 'embedder-not-allowed' | 'embedder-not-compliant';

/** Enough to tell some words from others. */
const MARK_LENGTH = 6;
/** The marks of a question must fit into one field, which has 32 kB; and each two are compared at the caller's expense. */
const MOST_WORDS = 400;

/** How questions like this one are found. Its words leave for the embedding model: that must be one the caller may call. */
export function toSimilar({ ask, asked, caller, config }: Comparable): Similar | NoSimilar {
  const { request, labels } = ask;
  const { model, dimensions, budgetMs } = (config.cache ?? usualCache).embeddings;
  const turn = lastTurn(request);
  const said = questionWords(turn?.text ?? '');
  if (turn === undefined || said.length > MOST_WORDS) return 'no-question';
  const target = toTarget(model, config);
  if (target instanceof GatewayError || target.provider.embed?.(target.model) === undefined) return 'no-embedder';
  if (!allows(caller, target.name, labels.feature)) return 'embedder-not-allowed';
  if (nonCompliant(target, caller) !== undefined) return 'embedder-not-compliant';
  const shape = hashOf(['alike 3', asked, significant(turn.rest), literals(turn.text)]);
  const words = said.map((word) => marked(word, hashOf([shape, word]).slice(0, MARK_LENGTH)));
  return { embedding: { text: turn.text, target, dimensions }, shape, words, budgetMs };
}
