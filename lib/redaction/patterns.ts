import type { RE2JS } from 're2js';
import { GatewayError } from '../errors.ts';
import { type Detector, type Finding, kinds, LOOK_ALIKE } from './finding.ts';

/** A tenant's own patterns: what is found is called by the pattern's name. */
export type Patterns = Readonly<Record<string, string>>;

const MOST_PATTERNS = 32;
const MOST_LENGTH = 512;
/** What a compiled pattern may be made of: `\d{1000}` is a thousand instructions. */
const MOST_INSTRUCTIONS = 4096;
/** As a name stands in a placeholder. */
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Compiles patterns in the syntax of RE2, whose matching takes linear time; `^` and `$` mean a line. A pattern that
 * cannot be compiled is named, with what is wrong. The engine is loaded only where there are patterns.
 */
export async function toPatterns(patterns: Patterns): Promise<readonly Detector[]> {
  const entries = Object.entries(patterns);
  if (entries.length === 0) return [];
  if (entries.length > MOST_PATTERNS)
    throw wrong('patterns', `are ${entries.length}; at most ${MOST_PATTERNS} can be given`);
  const { RE2JS: engine } = await import('re2js');
  return entries.map(([name, pattern]) => toDetector(name, compiled(engine, name, pattern), ENDLESS.test(pattern)));
}

function compiled(engine: typeof RE2JS, name: string, pattern: string): RE2JS {
  if (!NAME.test(name))
    throw wrong(name, 'must be called by lower-case letters, digits and dashes, at most 32, a letter first');
  if (name === LOOK_ALIKE || kinds.some((kind) => kind === name))
    throw wrong(name, 'has a name that is taken; choose another');
  if (pattern.length > MOST_LENGTH)
    throw wrong(name, `is ${pattern.length} characters long; the most is ${MOST_LENGTH}`);
  const ready = compile(engine, name, pattern);
  if (ready.programSize() > MOST_INSTRUCTIONS) throw wrong(name, 'is too large: its repetitions multiply');
  if (ready.matches('')) throw wrong(name, 'matches the empty text, and so everywhere');
  return ready;
}

function compile(engine: typeof RE2JS, name: string, pattern: string): RE2JS {
  try {
    return engine.compile(pattern, engine.MULTILINE);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '') : 'it cannot be read';
    const hint = /\\[1-9]|\(\?<?[=!]/.test(pattern)
      ? ' Backreferences and lookaround have no linear time and are not supported.'
      : '';
    throw new GatewayError('invalid_request_error', {
      param: name,
      message: `Pattern ${name} cannot be compiled: ${why}.${hint}`,
      cause,
    });
  }
}

const wrong = (name: string, problem: string) =>
  new GatewayError('invalid_request_error', {
    param: name,
    message: `Pattern ${name} ${problem}.`.replace('Pattern patterns', 'Patterns'),
  });

/** A text is looked through a part at a time, since a search may look on to the end of what it is given. */
const PART = 8192;
/** A match that is longer may be cut. */
const OVERLAP = 1024;
/** What may match without an end. Any other pattern matches no more characters than it has instructions. */
const ENDLESS = /[*+]|\{\d+,\}/;
const LEAST_WINDOW = 64;
/** How many instructions a search that only says yes or no goes through in the time of one: it keeps what it has learned. */
const AT_ONCE = 128;

/** Whether a part has a match costs little; only where it has one, the place is looked for, in windows as short as will do. */
function toDetector(kind: string, pattern: RE2JS, endless: boolean): Detector {
  const size = pattern.programSize();
  const reach = endless ? OVERLAP : Math.min(OVERLAP, 2 * size);
  return function* (text, spend) {
    const has = (start: number, end: number) => {
      spend(Math.ceil((end - start) * (1 + size / AT_ONCE)));
      return pattern.test(text.slice(start, end));
    };
    const place = (start: number, end: number, from: number): Finding | undefined => {
      spend((end - start) * size);
      const matcher = pattern.matcher(text.slice(start, end));
      return matcher.find(from - start)
        ? { kind, start: start + matcher.start(), end: start + matcher.end() }
        : undefined;
    };
    let free = 0;
    for (const { start, end, last } of partsOf(text)) {
      // What begins in the overlap is found whole in the next part.
      const until = last ? end : end - OVERLAP;
      let from = Math.max(start, free);
      if (from >= until || !has(Math.max(0, from - 1), end)) continue;
      while (from < until) {
        const finding = firstFrom(from, end, reach, has, place);
        if (finding === undefined || finding.start >= until) break;
        if (finding.end > finding.start) yield finding;
        free = finding.end > finding.start ? finding.end : finding.start + 1;
        from = free;
      }
    }
  };
}

type Has = (start: number, end: number) => boolean;
type Place = (start: number, end: number, from: number) => Finding | undefined;

/** The first match from a place on: looked for in a window that grows until it has one, and what may still belong to it. */
function firstFrom(from: number, end: number, reach: number, has: Has, place: Place): Finding | undefined {
  const start = Math.max(0, from - 1); // what a match begins after is a part of what it says
  for (let length = LEAST_WINDOW; ; length *= 2) {
    const until = Math.min(end, from + length);
    if (until < end && !has(start, until)) continue;
    const found = place(start, until, from);
    if (until === end) return found;
    if (found === undefined) continue;
    // Where a window ends no line does, nor a word: one sign more than a match can have tells.
    const enough = Math.min(end, found.start + reach + 1);
    if (enough <= until) return found;
    const sure = place(start, enough, from);
    if (sure?.start === found.start) return sure;
  }
}

function* partsOf(text: string): Iterable<{ readonly start: number; readonly end: number; readonly last: boolean }> {
  for (let start = 0; ; start += PART - OVERLAP) {
    const end = Math.min(text.length, start + PART);
    yield { start, end, last: end === text.length };
    if (end === text.length) return;
  }
}
