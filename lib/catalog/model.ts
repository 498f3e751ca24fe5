import type { Capability } from './abilities.ts';
import { type Price, toRates } from './price.ts';

/** A model that can be called, and what is known of it. */
export type Model = {
  /** `provider/name`. */
  readonly id: string;
  readonly provider: string;
  /** The provider's own name for it. */
  readonly name: string;
  readonly price: Price;
  /** The most tokens it reads and writes in one call. */
  readonly contextWindow?: number;
  /** The most tokens one answer may have. */
  readonly maxOutputTokens?: number;
  readonly capabilities?: readonly Capability[];
  readonly description?: string;
};

/** The model that needs no provider, for trying the gateway without a key. */
export const echo: Model = {
  id: 'sluice/echo',
  provider: 'sluice',
  name: 'echo',
  price: toRates({ input: 1_000_000, output: 2_000_000 }),
  description: 'A stand-in built into the gateway: it echoes the request. No provider is called.',
};
