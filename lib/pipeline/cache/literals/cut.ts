/** A part of a text: prose, or what is to be taken exactly as it stands. */
export type Piece = { readonly exact: boolean; readonly text: string };

/** A text in parts: code and quotations are exact, all else is prose. */
export function cut(text: string): readonly Piece[] {
  // Code that is not closed goes on to the end.
  return text.split('```').flatMap((part, at) => (at % 2 === 1 ? [exactly(part)] : between(part, '`', quoted)));
}

/** Splits at a mark that stands before and after what is exact; the last one, without another, is prose. */
function between(text: string, mark: string, outside: (text: string) => readonly Piece[]): readonly Piece[] {
  const parts = text.split(mark);
  return parts.flatMap((part, at) => (at % 2 === 1 && at < parts.length - 1 ? [exactly(part)] : outside(part)));
}

const quoted = (text: string) => between(text.replace(/[“”„‟«»]/g, '"').replace(/[‘’ʼ]/g, "'"), '"', singly);

// The length has a bound, so that a text of nothing but these marks takes no time in the square of its length.
const SINGLE = /(?<![\p{L}\p{N}])'([^'\n]{1,80})'(?![\p{L}\p{N}])/u;
const singly = (text: string) => text.split(SINGLE).map((part, at) => (at % 2 === 1 ? exactly(part) : prose(part)));

const exactly = (text: string): Piece => ({ exact: true, text: text.trim() });
const prose = (text: string): Piece => ({ exact: false, text });
