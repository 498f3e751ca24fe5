import type { ChatCompletion, ChatStream } from './openai/answer.ts';

/** Answers that may be given again to whoever asks the same. No call needs them: where they are away it goes on without. */
export type Answers = {
  /** What is known of a question. Throws when it cannot be told. */
  find(question: Question, signal: AbortSignal): Promise<Found>;
  /** Keeps an answer. One that is too long, older than what is kept, or no longer to be shared by its key, is not kept: false. */
  keep(question: Question, answer: Recalled): Promise<boolean>;
  /** Makes the owner the one who asks a question for all environments; else tells that another does, or has done since. */
  lead(question: Question, leader: Leader, signal: AbortSignal): Promise<'ours' | 'held' | 'landed'>;
  /** Has the lead so much longer from now on, should it still be the owner's. */
  renew(question: Question, owner: string, forMs: number): Promise<void>;
  /** Gives the lead up, once the answer is kept, or there will be none. */
  release(question: Question, owner: string): Promise<void>;
};

/** Who would ask a question: a request's id, for so long, having seen at this moment, in epoch milliseconds, that it had no answer. */
export type Leader = { readonly owner: string; readonly forMs: number; readonly sawAt: number };

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

/** What is known of a question. */
export type Found = {
  readonly answer?: Recalled | undefined;
  /** Whether somebody asks it at this moment for all. A lead that lapsed is that of a process that died with it. */
  readonly lead: 'held' | 'lapsed' | 'none';
  /** No answer asked for until then, in epoch milliseconds, is to be given: it was taken back. 0 where none was. */
  readonly cleared: number;
};

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
  /** The few that are nearest to the sought one among those that are like it in all but the vector, the nearest first. Throws when it cannot be told. */
  nearest(sought: Sought, signal: AbortSignal): Promise<readonly Near[]>;
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

/** Where the answer to a vector's question is, whose answer it was, until when, in epoch milliseconds, and marks of the question's words, in their order: not the words in the clear. */
export type Placed = {
  readonly key: string;
  readonly source: string;
  readonly expiresAt: number;
  readonly words: readonly string[];
};

/** A vector that was found: its own id, the key of its question and its words, and the cosine between it and the sought one. */
export type Near = {
  readonly id: string;
  readonly key: string;
  readonly words: readonly string[];
  readonly score: number;
};

/** Calls under way in this process, by what they ask. */
export type Flights = {
  /** Notes that a call which asks so is here, until it departs: it may have whatever takes off meanwhile. */
  arrive(key: string): Ticket;
  /** Makes a call the one that asks so, until the function it gives is called. */
  takeOff(key: string, flight: Flight): () => void;
};

/** What a call holds that may join another. */
export type Ticket = {
  /** The call that asks the same, and has been since this one arrived; undefined while there is none. */
  readonly flight: () => Flight | undefined;
  /** Leaves the one that came to nothing, or that will not do, for another if there is one. */
  readonly passOver: () => void;
  readonly depart: () => void;
};

/** A call under way. */
export type Flight = {
  /** Resolves once its answer is certain to be one; fails as the call fails. */
  readonly landing: Promise<Landed>;
  /** When it was asked, in epoch milliseconds, and how much of its time it has left. */
  readonly askedAt: number;
  readonly leftMs: () => number;
  /** The limit that its budgets set on each choice. */
  readonly limit: number | undefined;
  /** Keeps the call going though its own caller leaves, until the function it gives is called; undefined where nobody waits for it any more. */
  readonly join: () => (() => void) | undefined;
};

/** An answer as those who joined get it: whole, or from its beginning, unless that is forgotten, for a reader who leaves when the signal fires. */
export type Landed = { readonly given: Given } & (
  | { readonly kind: 'whole'; readonly completion: ChatCompletion }
  | { readonly kind: 'stream'; readonly read: (signal: AbortSignal) => ChatStream | undefined }
);

/** Where an answer comes from that was not asked for anew. */
export type Given = {
  readonly from: 'hit' | 'semantic-hit';
  /** `provider/model` that gave it. */
  readonly model: string;
  /** The parameters that found no place there. */
  readonly dropped: readonly string[];
  /** The request it was made for, when that was asked, and the key of its question. */
  readonly source: string;
  readonly askedAt: number;
  readonly key: string;
  /** The limit that the budgets of another call set on it. */
  readonly limit?: number | undefined;
  /** How near that question is, where it is another. */
  readonly score?: number | undefined;
  /** What it cost and how long it took, as far as that is known by now. */
  readonly saved: () => { readonly nanoDollars: number; readonly ms: number };
};

/** What a cache did for a call. */
export type CacheWord = 'off' | 'miss' | 'hit' | 'semantic-hit';

/** What the record of a call says of the cache. */
export type CacheRecord = {
  /** Undefined where nobody knows: of a call whose process died. */
  readonly cache?: CacheWord;
  /** Why it did no more. */
  readonly cacheReason?: string;
  /** The key of the question, under which the answer is, or would be. */
  readonly cacheKey?: string;
  /** The request whose answer was given, and how near the nearest question was, given or not. */
  readonly cacheSource?: string;
  readonly cacheScore?: number;
  /** What turned the question into a vector, and what that cost; it is part of the bill. */
  readonly cacheEmbedder?: string | undefined;
  readonly cacheNanoUsd?: number;
  /** What the answer cost and how long it took when it was made: so much is saved. */
  readonly savedNanoUsd?: number;
  readonly savedMs?: number;
};
