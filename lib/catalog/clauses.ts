import type { MatchLogic } from '@pydantic/genai-prices';
import { fits, patternsOf, plainNames } from './rows.ts';

/** A model's names and patterns: the listed name first, if the model has a name that can be called. */
export function toNames(id: string, match: MatchLogic): readonly string[] {
  const names = toPatterns(match);
  const plain = plainNames(names);
  const patterns = patternsOf(names);
  const callable = plain.includes(id) || (!id.endsWith('-') && fits(patterns, id.toLowerCase()));
  return [...new Set(callable ? [id, ...names] : [...plain, ...patterns])];
}

function toPatterns(match: MatchLogic): readonly string[] {
  if ('or' in match) return match.or.flatMap(toPatterns);
  if ('and' in match) return toConjunction(match.and.map(toPatterns));
  if ('equals' in match) return [literal(match.equals)];
  if ('starts_with' in match) return [`${literal(match.starts_with).toLowerCase()}*`];
  if ('ends_with' in match) return [`*${literal(match.ends_with).toLowerCase()}`];
  if ('contains' in match) return [`*${literal(match.contains).toLowerCase()}*`];
  return fromRegex(match.regex);
}

/** One demand with exceptions is all we can say: `this, but not that`. */
function toConjunction(parts: readonly (readonly string[])[]): readonly string[] {
  const demands = parts.filter((part) => !part.every(isException));
  if (demands.length !== 1)
    throw new Error(`Cannot write as patterns: ${JSON.stringify(parts)}; extend lib/catalog/clauses.ts`);
  return [...parts.filter((part) => part.every(isException)), ...demands].flat();
}

const isException = (pattern: string) => pattern.startsWith('!');

const notSpeech = '^(?!.*-[tT][tT][sS](?:$|-))';

/** Understands text with `\d` and `\d{n}` from the start of the name on, which is how sources write dates. */
function fromRegex(regex: string): readonly string[] {
  if (regex === notSpeech) return ['!*-tts', '!*-tts-*'];
  const [, body, end] = /^\^((?:[\w/-]|\\\.|\\d(?:\{\d\})?)+)(\$?)$/.exec(regex) ?? [];
  if (body === undefined) throw new Error(`Cannot write as a pattern: ${regex}; extend lib/catalog/clauses.ts`);
  const pattern = body
    .replaceAll(/\\d(?:\{(\d)\})?/g, (_, times = '1') => '#'.repeat(Number(times)))
    .replaceAll('\\.', '.');
  return [end === '$' ? pattern : `${pattern}*`];
}

function literal(text: string): string {
  if (/[\s|*#!]/.test(text))
    throw new Error(`A model name with a sign of ours in it: ${text}; extend lib/catalog/rows.ts`);
  return text;
}
