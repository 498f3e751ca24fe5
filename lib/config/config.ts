import type { Price } from '../catalog/price.ts';

/** A provider as the operator configured it; what is left out comes from what Sluice knows of the vendor. */
export type ProviderConfig = {
  /** Only for an endpoint Sluice does not know by name. */
  readonly kind?: 'openai-compatible' | undefined;
  readonly baseUrl?: string | undefined;
  /** `env:NAME` or `secret:NAME`. */
  readonly credential?: string | undefined;
  /** Allows a base URL that is not https, or not public. */
  readonly allowPrivate?: boolean | undefined;
};

/** The configuration in force. */
export type Config = {
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /** Prices over the catalog's, by glob over `provider/model`. */
  readonly prices: Readonly<Record<string, Price>>;
};

export const emptyConfig: Config = { providers: {}, prices: {} };
