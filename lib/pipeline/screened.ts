import { GatewayError } from '../errors.ts';
import { saidBy } from '../guardrails/said.ts';
import { textsOf } from '../guardrails/texts-of.ts';
import type { ChatCompletion } from '../openai/answer.ts';
import type { JsonObject } from '../openai/json.ts';
import type { Side } from '../providers/guardrails/guard-dialect.ts';
import { openJury } from './jury.ts';
import type { ChatAnswer } from './open-chat.ts';
import type { Screened } from './screen.ts';
import { screenedStream } from './screened-stream.ts';
import type { Screening } from './screening.ts';
import { spanned } from './spanned.ts';
import { told } from './told.ts';

/** What guardrails found in some texts that may not pass; nothing where all of them may. */
export type Judge = (texts: readonly string[], side: Side) => Promise<readonly string[]>;

/** A call's request and answer on their way through its guardrails. */
export function screened(screening: Screening, call: Screened) {
  const { tally, world } = call;
  const jury = openJury(screening, call);
  const judge: Judge = (texts, side) =>
    spanned({ name: `guardrails ${side}`, visit: tally.visit, about: toAttributes }, world, () => jury(texts, side));

  /** What ends the call is on record, whatever part of it has ended well before. */
  const failed = (error: GatewayError): GatewayError => {
    tally.failed(error);
    return told(error, tally);
  };

  return {
    async request(request: JsonObject): Promise<void> {
      const { texts, unscanned } = textsOf(request);
      tally.guardrails.passedOver(unscanned);
      const since = world.tick();
      const blocked = await judge(texts, 'input').catch((error) => {
        throw error instanceof GatewayError ? failed(error) : error;
      });
      tally.waited(world.tick() - since);
      if (blocked.length > 0) throw failed(refusal(blocked));
    },

    async answer(answer: ChatAnswer): Promise<ChatAnswer> {
      if (answer.kind === 'stream')
        return { ...answer, chunks: screenedStream(answer.chunks, { screening, judge, call }) };
      const texts = saidBy(answer.completion).map(([, text]) => text);
      const blocked = await judge(texts, 'output').catch((error) => {
        throw error instanceof GatewayError ? failed(error) : error;
      });
      if (blocked.length === 0) return answer;
      tally.finishes('content_filter');
      return { kind: 'whole', completion: withheld(answer.completion) };
    },
  };
}

const toAttributes = (blocked: readonly string[]) => ({ 'sluice.guardrails.blocked': blocked.length > 0 });

const refusal = (blocked: readonly string[]) =>
  new GatewayError('content_filter', {
    message: `The request may not pass the guardrails it goes through (${blocked.join('; ')}). It was not sent to any model.`,
  });

/** An answer of which nothing is shown but that it was not let pass, and what it cost. */
const withheld = (completion: ChatCompletion): ChatCompletion => ({
  ...completion,
  choices: completion.choices.map(({ index }) => ({
    index,
    message: { role: 'assistant', content: null, refusal: null },
    logprobs: null,
    finish_reason: 'content_filter',
  })),
});
