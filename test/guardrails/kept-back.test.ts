import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptBack } from '../../lib/guardrails/kept-back.ts';
import type { ChatChunk, ChunkChoice, Delta, FinishReason } from '../../lib/openai/answer.ts';

const chunkOf = (...choices: readonly ChunkChoice[]): ChatChunk => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'lab/m',
  choices,
});
const saying = (content: string, finish_reason: FinishReason | null = null, index = 0) =>
  chunkOf({ index, delta: { content }, finish_reason });

const places = ['reasoning_content', 'content', 'call 0', 'call 1'] as const;
type Place = (typeof places)[number];

const deltaOf = (place: Place, text: string): Delta =>
  place === 'content' || place === 'reasoning_content'
    ? { [place]: text }
    : { tool_calls: [{ index: Number(place.slice(-1)), function: { arguments: text } }] };

/** A step of a stream: what some choices say, which of them end with it, and whether it is late enough to look at once. */
type Step = {
  readonly says: readonly { index: number; place: Place; length: number; ends: boolean }[];
  readonly late: boolean;
};

const choice = fc.record({
  index: fc.nat(1),
  place: fc.constantFrom(...places),
  length: fc.nat(9),
  ends: fc.integer({ min: 0, max: 14 }).map((dice) => dice === 0),
});
const step: fc.Arbitrary<Step> = fc.record({
  says: fc.uniqueArray(choice, { selector: ({ index }) => index, maxLength: 2 }),
  late: fc.boolean(),
});
const story = fc.record({
  steps: fc.array(step, { maxLength: 30 }),
  window: fc.integer({ min: 1, max: 40 }),
  holdback: fc.nat(12),
});

/** All that an answer says at one place; of a thought, until another place of its choice speaks. */
type Run = { readonly place: string; text: string };

/** The chunks of some steps, in which no character stands twice, and what each place says at a stretch. */
function told(steps: readonly Step[]) {
  let code = 0x4e00;
  const runs: Run[] = [];
  const open = new Map<string, Run>();
  const ended = new Set<number>();
  const chunks = steps.map(({ says }) =>
    chunkOf(
      ...says
        .filter(({ index }) => !ended.has(index))
        .map(({ index, place, length, ends }): ChunkChoice => {
          const text = Array.from({ length }, () => String.fromCharCode(code++)).join('');
          const name = `${index} ${place}`;
          if (text !== '') {
            const run = open.get(name) ?? { place: name, text: '' };
            run.text += text;
            if (!open.has(name)) runs.push(run);
            open.set(name, run);
            if (place !== 'reasoning_content') open.delete(`${index} reasoning_content`);
          }
          if (ends) ended.add(index);
          return { index, delta: deltaOf(place, text), finish_reason: ends ? 'stop' : null };
        }),
    ),
  );
  return { chunks, runs };
}

/** Goes through a story as a stream is gone through; after each scan it tells what was looked at, and what had been shown before. */
function gone({ steps, window, holdback }: { steps: readonly Step[]; window: number; holdback: number }) {
  const { chunks, runs } = told(steps);
  const back = keptBack({ window, holdback });
  const shown: ChatChunk[] = [];
  const scans: { readonly texts: readonly string[]; readonly shown: string }[] = [];
  const scan = () => {
    scans.push({ texts: back.unseen(), shown: JSON.stringify(shown) });
    back.pass();
    expect([back.due(), back.waitingSince(), back.unseen()]).toEqual([false, undefined, []]);
  };
  chunks.forEach((chunk, at) => {
    back.add(chunk, at);
    if (steps[at]?.late || back.due()) scan();
    shown.push(...back.take(at));
  });
  back.end();
  scan();
  shown.push(...back.take(chunks.length));
  return { chunks, runs, shown, scans, back };
}

describe('chunks that are held back', () => {
  test('come out whole, in their order, each once, and all of them in the end', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { chunks, shown, back } = gone(told);
        expect(shown).toHaveLength(chunks.length);
        expect(shown.every((chunk, at) => chunk === chunks[at])).toBe(true);
        expect(back.take(100)).toEqual([]);
      }),
    );
  });

  test('show nothing that was not looked at before', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { scans } = gone(told);
        const seen = new Set<string>();
        for (const { texts, shown } of scans) {
          expect([...shown].filter((each) => each >= '\u4e00' && !seen.has(each))).toEqual([]);
          for (const each of texts.join('')) seen.add(each);
        }
      }),
    );
  });

  test('have each phrase no longer than the holdback looked at whole, and show none of it before', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { runs, scans } = gone(told);
        const phrases = runs.flatMap(({ text }) =>
          [...text].map((_, from) => text.slice(from, from + told.holdback)).filter((phrase) => phrase !== ''),
        );
        for (const phrase of phrases) {
          const whole = scans.find(({ texts }) => texts.some((text) => text.includes(phrase)));
          expect(whole).toBeDefined();
          expect([...phrase].filter((each) => whole?.shown.includes(each))).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('are looked at together with what a place said before another spoke', () => {
    const back = keptBack({ window: 100, holdback: 10 });
    const [first, between, rest] = [
      saying('bad'),
      chunkOf({ index: 0, delta: { reasoning_content: 'hm' }, finish_reason: null }),
      saying(' word', 'stop'),
    ];
    back.add(first, 0);
    back.pass();
    back.add(between, 1);
    back.add(rest, 2);
    expect(back.unseen()).toEqual(['bad word', 'hm']);
    expect(back.take(3)).toEqual([]);
  });
});

describe('an answer that is looked at', () => {
  test('is due by windows of all that it says, and by the end of a choice', () => {
    const back = keptBack({ window: 10, holdback: 0 });
    back.add(saying('12345'), 0);
    expect(back.due()).toBe(false);
    back.add(saying('67890', null, 1), 0);
    expect(back.due()).toBe(true);
    back.pass();
    back.add(saying('1', 'stop'), 0);
    expect(back.due()).toBe(true);
  });

  test('tells since when the oldest text waits that nobody looked at, and the longest that a chunk waited', () => {
    const back = keptBack({ window: 100, holdback: 2 });
    back.add(chunkOf({ index: 0, delta: { role: 'assistant' }, finish_reason: null }), 3);
    expect(back.waitingSince()).toBeUndefined();
    back.add(saying('abcd'), 5);
    back.add(saying('ef'), 8);
    expect(back.waitingSince()).toBe(5);
    back.pass();
    expect([back.take(20).length, back.longestMs()]).toEqual([2, 17]);
    back.add(saying('', 'stop'), 30);
    expect([back.take(40).length, back.longestMs()]).toEqual([2, 32]);
  });

  test('that ends as filtered ends each choice whose own end was not shown; the rest is not', () => {
    const back = keptBack({ window: 100, holdback: 2 });
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    back.add(saying('done', 'stop'), 0);
    back.pass();
    back.take(0);
    back.add(saying('bad', 'stop', 1), 0);
    back.add(saying('worse', null, 2), 0);
    back.add({ ...chunkOf(), usage }, 0);
    const ending = (index: number) => ({
      ...chunkOf({ index, delta: {}, finish_reason: 'content_filter' }),
    });
    expect(back.endings()).toEqual([ending(1), ending(2)]);
    expect(back.rest()).toEqual([saying('bad', 'stop', 1), saying('worse', null, 2), { ...chunkOf(), usage }]);
  });
});
