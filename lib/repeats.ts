/** Calls that are made once, however often they are asked for: whoever asks first has the claim, and leaves the answer to the others. */
export type Repeats = {
  /** Claims a call for so long, unless another has it or it was made within a day. Throws `gateway_unavailable` when it cannot know. */
  claim(claim: Claim, forMs: number): Promise<Claimed>;
  /** Has the claim so much longer from now on, should it still be its owner's. */
  renew(claim: Claim, forMs: number): Promise<void>;
  /** Keeps the answer for a day, for all who ask again; of no effect where another has the claim by now. */
  keep(claim: Claim, answer: KeptAnswer): Promise<void>;
  /** Gives the claim up: whoever asks next makes the call anew. */
  release(claim: Claim): Promise<void>;
};

/** A call that may be asked for again. */
export type Claim = {
  readonly tenant: string;
  readonly keyId: string;
  /** SHA-256 (hex) of the name its caller gave it, and of whose name that is. */
  readonly name: string;
  /** SHA-256 (hex) of what is asked for. */
  readonly request: string;
  /** The id of the request that would make the call. No two have the same. */
  readonly owner: string;
};

/** What became of a claim: `other` where something else is asked for by the same name. */
export type Claimed =
  | { readonly state: 'mine' | 'running' | 'other' }
  | { readonly state: 'done'; readonly owner: string; readonly answer: KeptAnswer };

/** An answer as it is given again. */
export type KeptAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
