import type { Problem } from './findings.ts';

/** Something the doctor looked at from outside, and what came of it; or what it could not look at, and what that would take. */
export type Check = {
  readonly about: 'gateway' | 'clock' | 'version' | 'key' | 'stream' | 'model' | 'secret';
  /** The address, the model, the secret. */
  readonly item: string;
  readonly outcome: 'ok' | 'wrong' | 'unknown';
  /** Of what is wrong, with what to do about it. */
  readonly message: string;
};

/** Those that are wrong, as problems. */
export const problemsIn = (checks: readonly Check[]): readonly Problem[] =>
  checks.flatMap(({ about: kind, item, outcome, message }) => (outcome === 'wrong' ? [{ kind, item, message }] : []));
