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
  return entries.map(([name, pattern]) => toDetector(name, compiled(engine, name, pattern)));
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

/** A text is looked through a part at a time, since each search may look on to the end of what it is given. */
const PART = 8192;
/** A match that is longer may be cut where a part ends. */
const OVERLAP = 1024;
/** How many signs may be looked at in all: matches times parts. */
const MOST_WORK = 2 ** 26;

/** One search is linear, but a text can have as many as signs. Past all patience the rest is found as one: it must not leave unseen. */
function toDetector(kind: string, pattern: RE2JS): Detector {
  return function* (text) {
    let work = 0;
    let free = 0;
    for (const { start, end, last } of partsOf(text)) {
      const matcher = pattern.matcher(text.slice(start, end));
      while (matcher.find()) {
        const finding: Finding = { kind, start: start + matcher.start(), end: start + matcher.end() };
        work += end - start;
        if (work > MOST_WORK) {
          yield { kind, start: finding.start, end: text.length };
          return;
        }
        // What begins in the overlap is found whole in the next part.
        if (!last && finding.start >= end - OVERLAP) break;
        if (finding.end > finding.start && finding.end > free) yield finding;
        free = Math.max(free, finding.end);
      }
    }
  };
}

function* partsOf(text: string): Iterable<{ readonly start: number; readonly end: number; readonly last: boolean }> {
  for (let start = 0; ; start += PART - OVERLAP) {
    const end = Math.min(text.length, start + PART);
    yield { start, end, last: end === text.length };
    if (end === text.length) return;
  }
}
