import type { Scope } from '../../ledger/admission.ts';
import type { Alerts, Log } from '../../world.ts';
import type { CallBook } from '../journal.ts';
import type { Memory, Read, Write } from './counters.ts';
import type { Persistence } from './persist.ts';
import type { Place } from './place.ts';

/** What a ledger over DynamoDB is made of. */
export type Parts = {
  readonly write: Write;
  readonly read: Read;
  readonly memory: Memory;
  readonly book: CallBook;
  readonly alerts: Alerts;
  readonly log: Log;
  readonly persistence: Persistence;
  /** A random number from 0 up to 1, 1 left out. */
  readonly random: () => number;
  /** How long a hold lives unsettled. */
  readonly holdMs: number;
  /** How long the end of a call may wait to be written with others, in milliseconds; 0 where nothing waits. */
  readonly restMs: number;
  /** How long a caller waits for an answer of the ledger. */
  readonly timeoutMs: number;
};

/** A place that was taken for a call, and what giving it up has to know. */
export type HeldPlace = { readonly scope: Scope; readonly place: Place; readonly twins: boolean };

/** All places of a call. They grow when more is held for another attempt. */
export type Held = {
  places: readonly HeldPlace[];
  /** Done when nothing is being raised any more. */
  raising?: Promise<unknown>;
};

/** Starts work for the call with this id that its caller does not wait for and that must not be lost. */
export type InBackground = (id: string, work: () => Promise<void>) => void;
