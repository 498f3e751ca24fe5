/** Answers that may be given again to whoever asks the same. No call needs them: where they are away it goes on without. */
export type Answers = {
  /** What is known of a question. Throws when it cannot be told. */
  find(question: Question, signal: AbortSignal): Promise<Found>;
  /** Keeps an answer. One that is too long is not kept: false. */
  keep(question: Question, answer: Recalled): Promise<boolean>;
  /** Makes the owner, a request's id, the one who asks a question for all environments; false where another does. */
  lead(question: Question, owner: string, forMs: number, signal: AbortSignal): Promise<boolean>;
  /** Has the lead so much longer from now on, should it still be the owner's. */
  renew(question: Question, owner: string, forMs: number): Promise<void>;
  /** Gives the lead up. */
  release(question: Question, owner: string): Promise<void>;
};

/** A question that has one answer for all who share it. */
export type Question = {
  readonly tenant: string;
  /** Undefined where all keys of the tenant share its answer. */
  readonly keyId: string | undefined;
  /** `provider/model` that is asked. */
  readonly model: string;
  /** SHA-256 (hex) of all that shapes the answer, and of who shares it. */
  readonly key: string;
};

/** What is known of a question: its answer, if there is one, and whether somebody is asking it at this moment. */
export type Found = { readonly answer?: Recalled | undefined; readonly led: boolean };

/** An answer that may be given again. */
export type Recalled = {
  /** The answer as JSON. */
  readonly text: string;
  /** The request it was made for, and the key that made it. */
  readonly source: string;
  readonly madeBy: string;
  /** When that was asked, and when the answer is over, in epoch milliseconds. */
  readonly askedAt: number;
  readonly expiresAt: number;
  /** What it cost, and how long it took: so much is saved each time. */
  readonly nanoDollars: number;
  readonly tookMs: number;
};

/** Questions by what they mean: vectors of length one, each with all that must be the same for its answer to be another's. */
export type Vectors = {
  /** The nearest to the sought one among those that are like it in all but the vector; undefined where there is none. Throws when it cannot be told. */
  nearest(sought: Sought, signal: AbortSignal): Promise<Near | undefined>;
  /** Adds a vector, until its answer is over. */
  add(vector: Sought & Placed): Promise<void>;
  /** Takes a vector away. */
  remove(near: Near, sought: Sought): Promise<void>;
};

export type Sought = {
  /** What made the vector, as `provider/model`: vectors of two models tell nothing of each other. */
  readonly embedder: string;
  readonly vector: readonly number[];
  /** Who shares answers. */
  readonly tenant: string;
  readonly keyId: string | undefined;
  /** `provider/model` that is asked. */
  readonly model: string;
  /** SHA-256 (hex) of all else that shapes the answer. */
  readonly shape: string;
};

/** Where the answer to a vector's question is, whose answer it was, and until when, in epoch milliseconds. */
export type Placed = { readonly key: string; readonly source: string; readonly expiresAt: number };

/** A vector that was found: its own id, the key of its question, and the cosine between it and the sought one. */
export type Near = { readonly id: string; readonly key: string; readonly score: number };
