import { inspect } from 'node:util';
import fc from 'fast-check';

/** A part of the house that strangers' bytes reach, what is thrown at it, and what must hold of each input. */
export type Field = {
  readonly name: string;
  /** How many of a thousand inputs are thrown at it. */
  readonly share: number;
  /** Throws so many inputs at it; fails with the seed and the smallest input that breaks it. */
  readonly throwAt: (runs: number, seed?: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** No input may keep the processor busy for longer, in the second of two throws. */
export const MOST_BUSY_MS = 1_000;
/** Nor keep its sender waiting for longer, in either. */
export const MOST_WAITING_MS = 20_000;

type Given<Input> = {
  readonly name: string;
  readonly share: number;
  readonly inputs: fc.Arbitrary<Input>;
  /** Fails for what must not be. */
  readonly holds: (input: Input) => void | Promise<void>;
  /** @default nothing is to be closed */
  readonly close?: () => Promise<void>;
};

/** A field that also fails for an input that takes too long. */
export function field<Input>({ name, share, inputs, holds, close = async () => {} }: Given<Input>): Field {
  const property = fc.asyncProperty(inputs, async (input) => {
    const since = performance.now();
    await inTime(async () => holds(input));
    if (performance.now() - since < MOST_BUSY_MS) return;
    // Others share the machine: only what it takes of the processor counts.
    const busy = process.cpuUsage();
    await inTime(async () => holds(input));
    const { user, system } = process.cpuUsage(busy);
    if ((user + system) / 1_000 > MOST_BUSY_MS) throw new Error(`It took ${(user + system) / 1_000} ms.`);
  });
  const throwAt = async (runs: number, seed?: number): Promise<void> => {
    const found = await fc.check(property, { numRuns: runs, ...(seed !== undefined && { seed }) });
    if (!found.failed) return;
    // Not fast-check's own report: it trips over objects whose `toString` is no function.
    const input = inspect(found.counterexample, { depth: 20, maxStringLength: 2_000, maxArrayLength: 200 });
    const again = `{ seed: ${found.seed}, path: "${found.counterexamplePath}" }, after ${found.numRuns} of ${runs}`;
    throw new Error(`${name}: ${found.errorInstance}\n${again}\n${input}`, { cause: found.errorInstance });
  };
  return { name, share, throwAt, close };
}

async function inTime(work: () => Promise<void>): Promise<void> {
  const waiting = Promise.withResolvers<never>();
  const timer = setTimeout(() => waiting.reject(new Error('It never ends.')), MOST_WAITING_MS);
  try {
    await Promise.race([work(), waiting.promise]);
  } finally {
    clearTimeout(timer);
  }
}
