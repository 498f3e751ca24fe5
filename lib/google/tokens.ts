import { GatewayError } from '../errors.ts';
import { type AccessToken, exchanged } from './exchange.ts';

/** Google Cloud access tokens. */
export type GoogleTokens = {
  /**
   * A token for the account of this credential, a JSON key or configuration as Google Cloud gives it out; without one,
   * for the account the process runs as (Application Default Credentials).
   */
  token(credential: string | undefined): Promise<string>;
};

/** What exchanges a credential for a token. */
type Exchange = (credential: string | undefined) => Promise<AccessToken>;

/** A token that ends this soon is replaced: it must outlive the call it is for. */
const EARLY_MS = 300_000;

/** Tokens from Google, each used until shortly before its end. Whoever asks while one is on its way waits for the same. */
export function googleTokens(now: () => number, exchange: Exchange = exchanged): GoogleTokens {
  const known = new Map<string, AccessToken>();
  const coming = new Map<string, Promise<AccessToken>>();

  const fetched = async (key: string, credential: string | undefined): Promise<AccessToken> => {
    try {
      const fresh = await exchange(credential);
      known.set(key, fresh);
      return fresh;
    } catch (cause) {
      const last = known.get(key);
      if (last !== undefined && last.expiresAt > now()) return last; // refreshed early, so that a failure may be waited out
      throw toFailure(cause);
    } finally {
      coming.delete(key);
    }
  };

  return {
    async token(credential) {
      const key = credential ?? '';
      const last = known.get(key);
      if (last !== undefined && last.expiresAt - EARLY_MS > now()) return last.value;
      const next = coming.get(key) ?? fetched(key, credential);
      coming.set(key, next);
      return (await next).value;
    },
  };
}

/** A request that had no answer may be made again; a credential that was refused, or cannot be read, is for the operator to mend. */
function toFailure(cause: unknown): GatewayError {
  if (unanswered(cause))
    return new GatewayError('provider_unreachable', {
      message: 'Google could not be asked for an access token.',
      cause,
    });
  return new GatewayError('provider_credentials', {
    message: 'Google gave no access token for the configured account. Its operator must check the credential.',
    cause,
  });
}

/** Failures of the library's HTTP client hold the request's `config`, and the `status` of an answer when there was one. */
function unanswered(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null || !('config' in cause)) return false;
  return !('status' in cause) || cause.status === undefined || Number(cause.status) >= 500;
}
