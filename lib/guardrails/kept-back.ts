import type { ChatChunk, FinishReason } from '../openai/answer.ts';
import { chunkReading } from './reading.ts';
import type { Written } from './written.ts';

/** A text of an answer while it arrives: what of it is not known to be harmless yet, and a little of what came before. */
type Text = { readonly text: string; readonly from: number; readonly passed: number };

/** A chunk that waits, how far each text had come with it, and since when it waits. */
type Waiting = { readonly chunk: ChatChunk; readonly reaches: ReadonlyMap<string, number>; readonly since: number };

/** How much of an answer is looked at at once, and kept back behind it, in characters. */
export type Width = { readonly window: number; readonly holdback: number };

/**
 * The chunks of a streamed answer that may not be shown yet. Chunks leave whole and in their order, each once all that it
 * says has passed, and what follows it as far as the holdback reaches: so nothing that is no longer than the holdback is
 * ever shown in part and blocked in the rest. Only a thought does not wait for what follows once something else does.
 */
export function keptBack({ window, holdback }: Width) {
  const texts = new Map<string, Text>();
  const queue: Waiting[] = [];
  const finished = new Set<string>();
  const open = new Map<number, ChatChunk>();
  const latest = new Map<string, string>();
  let fresh = 0;
  let longestMs = 0;

  const said = ([place, piece]: Written): readonly [string, number] => {
    const known = texts.get(place) ?? { text: '', from: 0, passed: 0 };
    const grown = { ...known, text: known.text + piece };
    texts.set(place, grown);
    fresh += piece.length;
    latest.set(choiceOf(place), place);
    return [place, endOf(grown)];
  };

  const goesOn = (place: string) =>
    !finished.has(choiceOf(place)) && (latest.get(choiceOf(place)) === place || !place.endsWith('.reasoning_content'));

  /** How far a text may be shown: as far as it passed, but for its holdback while it goes on, or has an end that nobody has looked at. */
  const shownTo = (place: string): number => {
    const text = texts.get(place);
    if (text === undefined) return 0;
    const { passed } = text;
    return goesOn(place) || endOf(text) > passed ? passed - holdback : passed;
  };
  const waits = ({ reaches }: Waiting, upTo: (place: string) => number) =>
    [...reaches].some(([place, end]) => end > upTo(place));

  return {
    /** A chunk is here; gives the kinds of what nobody can read in it. */
    add(chunk: ChatChunk, now: number): readonly string[] {
      const { written, unread } = chunkReading(chunk);
      const reaches = new Map(written.map(said));
      for (const { index, finish_reason } of chunk.choices) {
        open.set(index, chunk);
        if (ends(finish_reason)) finished.add(String(index));
      }
      queue.push({ chunk, reaches, since: now });
      return unread;
    },

    /** Nothing more will come. */
    end(): void {
      for (const place of texts.keys()) finished.add(choiceOf(place));
    },

    /** Whether enough has come to be looked at: a window, or the end of a choice. */
    due: (): boolean =>
      fresh >= window || [...texts].some(([place, text]) => finished.has(choiceOf(place)) && endOf(text) > text.passed),

    /** Since when the oldest text waits that nobody has looked at; undefined where there is none. */
    waitingSince: (): number | undefined =>
      queue.find((each) => waits(each, (place) => texts.get(place)?.passed ?? 0))?.since,

    /** What is to be looked at: what is new of every text, after a little of what came before it. */
    unseen: (): readonly string[] =>
      [...texts.values()].filter((each) => endOf(each) > each.passed).map(({ text }) => text),

    /** All of that may pass. */
    pass(): void {
      fresh = 0;
      for (const [place, each] of texts) {
        const end = endOf(each);
        const from = Math.max(each.from, end - holdback);
        texts.set(place, { text: each.text.slice(from - each.from), from, passed: end });
      }
    },

    /** The chunks that may be shown now; they are given once. */
    take(now: number): readonly ChatChunk[] {
      const first = queue.findIndex((each) => waits(each, shownTo));
      const taken = queue.splice(0, first < 0 ? queue.length : first);
      for (const { chunk, since } of taken) {
        longestMs = Math.max(longestMs, now - since);
        for (const { index, finish_reason } of chunk.choices) if (ends(finish_reason)) open.delete(index);
      }
      return taken.map(({ chunk }) => chunk);
    },

    /** What waits, and will not be shown. */
    rest: (): readonly ChatChunk[] => queue.map(({ chunk }) => chunk),

    /** The end, as filtered, of each choice whose own end was not taken. */
    endings: (): readonly ChatChunk[] =>
      [...open].map(([index, { id, object, created, model }]) => {
        return { id, object, created, model, choices: [{ index, delta: {}, finish_reason: 'content_filter' }] };
      }),

    /** The longest that a chunk waited that has been taken. */
    longestMs: () => longestMs,
  };
}

const endOf = ({ text, from }: Text): number => from + text.length;

const ends = (finish: FinishReason | null | undefined): boolean => finish !== null && finish !== undefined;

/** A place begins with the index of its choice. */
const choiceOf = (place: string): string => place.split('.', 1)[0] ?? '';
