import type { Secrets } from '../world.ts';
import type { GoogleTokens } from './tokens.ts';

/** How a credential for Google Cloud is referred to: `google:` before the reference of what stands for it, or before `adc`. */
const PREFIX = 'google:';
/** The account the process runs as. */
const OWN = 'adc';

/**
 * Secrets among which `google:secret:NAME` is an access token: the one the secret holds, or one for the account whose
 * JSON key it holds. `google:adc` is a token for the account the process runs as.
 */
export function withGoogleTokens(secrets: Secrets, tokens: GoogleTokens): Secrets {
  return {
    async reveal(reference) {
      if (!reference.startsWith(PREFIX)) return secrets.reveal(reference);
      const inner = reference.slice(PREFIX.length);
      if (inner === OWN) return tokens.token(undefined);
      const value = (await secrets.reveal(inner)).trim();
      return value.startsWith('{') ? tokens.token(value) : value;
    },
  };
}
