import type { Outcome } from './outcome.ts';
import { SPOKEN } from './perform.ts';
import type { Counts } from './tariff.ts';
import type { Meant, Tongue } from './tongue.ts';
import { anthropic, gemini, openaiStream, openaiWhole, vectors } from './tongues.ts';

type Body = Readonly<Record<string, unknown>>;

/** A request as a provider reads it; `text` is all of its body. */
type Request = {
  readonly provider: string;
  readonly path: string;
  readonly body: Body;
  readonly text: string;
  readonly model: string;
};

/** What a provider means to answer: never more tokens than there are letters to read, or than it may write. */
export function answerTo({ provider, path, body, text, model }: Request, outcome: Outcome, dice: () => number) {
  const tongue = tongueOf(provider, path, body.stream === true);
  const most = mostOf(body);
  const embeds = tongue === vectors;
  const mute = embeds || outcome === 'thinks and says nothing';
  const said = mute ? 0 : Math.min(most, SPOKEN + Math.floor(dice() * 12));
  // What is thought and not shown can be told only by who lives to count it.
  const thinks = provider === 'openai' || tellsAll.has(outcome);
  const thought = embeds || !thinks ? 0 : Math.floor(dice() * (Math.min(most, 60) - said));
  const prompt = /question \d+[^"]*/.exec(text)?.[0] ?? '';
  const counts = { ...readOf(prompt.length, { embeds, text, provider }, dice), said, thought };
  const service = serviceOf(body.service_tier, dice);
  const words = Array.from({ length: said }, (_, at) => `word${at} `);
  const meant: Meant = { model, words, counts, counted: true, ...(service !== undefined && { service }) };
  return { tongue, meant };
}

const tellsAll = new Set<Outcome>(['answers', 'begins late', 'thinks and says nothing', 'is cut when it has counted']);

function tongueOf(provider: string, path: string, streams: boolean): Tongue {
  if (path.endsWith('/embeddings')) return vectors;
  if (provider === 'anthropic') return anthropic;
  if (provider === 'gemini') return gemini;
  return streams ? openaiStream : openaiWhole;
}

function mostOf({ max_tokens, max_completion_tokens, generationConfig }: Body): number {
  const most = max_tokens ?? max_completion_tokens ?? Object(generationConfig).maxOutputTokens;
  return typeof most === 'number' ? most : 4096;
}

type Prompt = { readonly embeds: boolean; readonly text: string; readonly provider: string };

/** Some of the prompt is read from a cache, some written there; for an hour only where that was asked for. */
function readOf(
  most: number,
  { embeds, text, provider }: Prompt,
  dice: () => number,
): Pick<Counts, 'fresh' | 'cached' | 'kept' | 'keptLong'> {
  let left = 1 + Math.floor(dice() * most);
  const take = (part: number) => {
    const taken = Math.floor(left * part * dice());
    left -= taken;
    return taken;
  };
  if (embeds) return { fresh: left, cached: 0, kept: 0, keptLong: 0 };
  const keptLong = /"ttl":"1h"/.test(text) && provider === 'anthropic' ? take(0.5) : 0;
  const kept = provider === 'gemini' ? 0 : take(0.4);
  const cached = take(0.8);
  return { fresh: left, cached, kept, keptLong };
}

/** A provider may serve at list price what asked for another. */
function serviceOf(wanted: unknown, dice: () => number): string | undefined {
  if (typeof wanted !== 'string') return undefined;
  return dice() < 0.2 ? 'default' : wanted;
}
