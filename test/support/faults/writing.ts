/** What goes over a wire. */
export type Piece = string | Uint8Array;

/** A refusal with an HTTP status, in a provider's own form. */
export type Refusal = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/**
 * How a kind of provider writes its answers: their parts in order, and its own words for what goes wrong. The bytes are
 * synthetic, the shapes those of recordings.
 */
export type Writing = {
  /** The content type of an answer. */
  readonly type: string;
  /** All that comes before the first content. */
  readonly opening: Piece;
  /** Says "Hello". */
  readonly said: Piece;
  /** Ends in form, but never says that the answer is finished. */
  readonly unfinished: Piece;
  /** A piece of the answer that cannot be read. */
  readonly malformed: Piece;
  /** Says inside the answer that it fails: overloaded. */
  readonly failing: Piece;
  /** An error as JSON where an answer should be. */
  readonly error: string;
  readonly refusal: (status: number) => Refusal;
};

/** An event of a stream in the form most providers have. */
export const sent = (wire: unknown): string => `data: ${JSON.stringify(wire)}\n\n`;

/** A refusal in JSON. */
export const inJson = (wire: unknown, headers: Readonly<Record<string, string>> = {}): Refusal => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(wire),
});
