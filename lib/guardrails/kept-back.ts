import type { ChatChunk, FinishReason } from '../openai/answer.ts';
import { chunkReading } from './reading.ts';
import type { Written } from './written.ts';

/** A text of an answer while it arrives: what of it is not known to be harmless yet, and a little of what came before. */
type Text = { readonly text: string; readonly from: number; readonly passed: number; readonly last: string };

/** A chunk that waits, how far each text had come with it, and since when it waits. */
type Waiting = { readonly chunk: ChatChunk; readonly reaches: ReadonlyMap<string, number>; readonly since: number };

/** How much of an answer is looked at at once, and kept back behind it, in characters. */
export type Width = { readonly window: number; readonly holdback: number };

/**
 * The chunks of a streamed answer that may not be shown yet. Chunks leave whole and in their order, each once all that it
 * says has passed, and of a text that goes on what follows it as far as the holdback reaches: so nothing in such a text
 * that is no longer than the holdback is ever shown in part and blocked in the rest. Only a thought does not wait for
 * what follows once something else does. A field that says the same again and again, as a list of sources, is one text.
 */
export function keptBack({ window, holdback }: Width) {
  const texts = new Map<string, Text>();
  const queue: Waiting[] = [];
  const finished = new Set<string>();
  const open = new Set<number>();
  const ended = new Set<number>();
  let head: ChatChunk | undefined;
  const latest = new Map<string, string>();
  let fresh = 0;
  let longestMs = 0;

  const said = ([place, piece]: Written): readonly [string, number] => {
    const known = texts.get(place) ?? { text: '', from: 0, passed: 0, last: '' };
    if (!goesOnAt(place) && known.last === piece) return [place, endOf(known)];
    const grown = { ...known, text: known.text + piece, last: piece };
    texts.set(place, grown);
    fresh += piece.length;
    latest.set(choiceOf(place), place);
    return [place, endOf(grown)];
  };

  const goesOn = (place: string) =>
    goesOnAt(place) &&
    !finished.has(choiceOf(place)) &&
    (latest.get(choiceOf(place)) === place || !THOUGHTS.test(place));

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
      head ??= chunk;
      const reaches = new Map(written.map(said));
      for (const { index, finish_reason } of chunk.choices) {
        open.add(index);
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
        texts.set(place, { ...each, text: each.text.slice(from - each.from), from, passed: end });
      }
    },

    /** The chunks that may be shown now; they are given once. */
    take(now: number): readonly ChatChunk[] {
      const first = queue.findIndex((each) => waits(each, shownTo));
      const taken = queue.splice(0, first < 0 ? queue.length : first);
      for (const { chunk, since } of taken) {
        longestMs = Math.max(longestMs, now - since);
        for (const { index, finish_reason } of chunk.choices) if (ends(finish_reason)) ended.add(index);
      }
      return taken.map(({ chunk }) => chunk);
    },

    /** What waits, and will not be shown. */
    rest: (): readonly ChatChunk[] => queue.map(({ chunk }) => chunk),

    /** The end, as filtered, of each of so many choices, or more, whose own end was not taken. */
    endings: (choices = 1): readonly ChatChunk[] => {
      if (head === undefined) return [];
      const { id, object, created, model } = head;
      const begun = new Set([...Array(choices).keys(), ...open]);
      return [...begun]
        .filter((index) => !ended.has(index))
        .map((index) => {
          return { id, object, created, model, choices: [{ index, delta: {}, finish_reason: 'content_filter' }] };
        });
    },

    /** The longest that a chunk waited that has been taken. */
    longestMs: () => longestMs,
  };
}

const endOf = ({ text, from }: Text): number => from + text.length;

const ends = (finish: FinishReason | null | undefined): boolean => finish !== null && finish !== undefined;

/** Texts that come in pieces: what is said, thought and refused, and what tools are called with. Whatever else there is comes whole. */
const GOING_ON =
  /^\d+\.(content|refusal|function_call\.arguments|audio\.transcript|tool_calls\.\d+\.(function\.arguments|custom\.input))$/;
const THOUGHTS = /^\d+\.(reasoning_content|reasoning|reasoning_details\.\d+\.(text|summary))$/;
const goesOnAt = (place: string): boolean => GOING_ON.test(place) || THOUGHTS.test(place);

/** A place begins with the index of its choice. */
const choiceOf = (place: string): string => place.split('.', 1)[0] ?? '';
