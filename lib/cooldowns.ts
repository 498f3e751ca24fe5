/** Which targets are left alone for a while because they fail: known to every environment, asked without a wait. */
export type Cooldowns = {
  /** True while a target, `provider/model`, is left alone. */
  readonly resting: (target: string) => boolean;
  /** Whether a target may be called now. One whose rest is over is given to a single caller, whose turn it is to try it for all. */
  readonly admits: (target: string) => Promise<'well' | 'resting' | Turn>;
  /** Notes how a call ended. Of a target that rests only the call whose turn it is says anything. */
  readonly note: (target: string, ended: Ended, turn?: Turn) => void;
  /** Gives a turn back that came to nothing; one that came to something is over already. */
  readonly release: (target: string, turn: Turn) => void;
  /** Resolves when all others can know what was noted. Never throws. */
  readonly idle: () => Promise<void>;
};

/** The turn to try a target, until so many epoch milliseconds. */
export type Turn = { readonly until: number };

/** What a call says of its target: it answers, it fails for the moment, it keeps callers waiting, or it cannot work before somebody mends it. */
export type Ended = {
  readonly as: 'answered' | 'failed' | 'silent' | 'broken';
  /** How long the call took until it ended so, in milliseconds. */
  readonly afterMs?: number | undefined;
  /** How long the target itself asks to be left alone. */
  readonly restMs?: number | undefined;
};
