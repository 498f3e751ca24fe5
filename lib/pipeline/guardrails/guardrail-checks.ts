import { asGatewayError, GatewayError } from '../../errors.ts';
import { answerReading, requestReading } from '../../guardrails/reading.ts';
import { silent } from '../../guardrails/silent.ts';
import type { Written } from '../../guardrails/written.ts';
import type { ChatCompletion } from '../../openai/answer.ts';
import { told } from '../told.ts';
import { checkedStream } from './checked-stream.ts';
import type { Guarded, Guardrails } from './guarded.ts';
import type { Guards } from './guards.ts';
import { judging } from './judging.ts';

/** Asks the guardrails of a call, all on one purse. */
export function checks(guards: Guards, call: Guarded): Guardrails {
  const { tally, world } = call;
  const judge = judging(guards, call);

  return {
    async request(request) {
      if (guards.input.length === 0) return;
      const { written, unread } = requestReading(request);
      tally.guardrails.passesOver(unread);
      const since = world.tick();
      try {
        if (guards.unread === 'refuse' && unread.length > 0) throw unreadable(unread);
        const blocked = await judge(textsOf(written), 'input');
        if (blocked.length > 0) throw refusal(blocked);
      } catch (error) {
        throw ended(error, call);
      } finally {
        tally.waited(world.tick() - since); // a judge's time is none of ours
      }
    },

    async answer(answer) {
      if (answer.kind === 'stream') return { ...answer, chunks: checkedStream(answer.chunks, guards, judge, call) };
      const completion = silent(answer.completion);
      const { written, unread } = answerReading(completion);
      tally.guardrails.passesOver(unread);
      const blocked = await judge(textsOf(written), 'output').catch((error: unknown) => {
        throw ended(error, call);
      });
      if (blocked.length === 0) return { kind: 'whole', completion };
      tally.finishes('content_filter');
      return { kind: 'whole', completion: withheld(completion) };
    },
  };
}

const textsOf = (written: readonly Written[]) => written.map(([, text]) => text);

/** What ends the call is on record, whatever part of it has ended well before. */
function ended(error: unknown, { tally }: Guarded): GatewayError {
  const failure = asGatewayError(error);
  tally.failed(failure);
  return told(failure, tally);
}

const refusal = (blocked: readonly string[]) =>
  new GatewayError('content_filter', {
    message: `The request may not pass the guardrails it goes through (${blocked.join('; ')}). It was not sent to any model.`,
  });

const unreadable = (kinds: readonly string[]) =>
  new GatewayError('content_filter', {
    message: `The request holds what no guardrail can look into (${kinds.join(', ')}), and may not pass. It was not sent to any model.`,
  });

/** An answer of which nothing is shown but that it was not let pass, and what it cost. */
const withheld = ({ id, object, created, model, choices, usage, service_tier }: ChatCompletion): ChatCompletion => ({
  id,
  object,
  created,
  model,
  choices: choices.map(({ index }) => ({
    index,
    message: { role: 'assistant', content: null, refusal: null },
    logprobs: null,
    finish_reason: 'content_filter',
  })),
  ...(usage && { usage }),
  ...(service_tier !== undefined && { service_tier }),
});
