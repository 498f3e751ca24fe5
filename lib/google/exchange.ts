import type { AuthClient } from 'google-auth-library';

/** An access token and when it ends, in epoch milliseconds. */
export type AccessToken = { readonly value: string; readonly expiresAt: number };

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const TIMEOUT_MS = 10_000;

/** Asks Google for an access token: for the account of a JSON key or configuration, or for the one we run as. The library is loaded with the first. */
export async function exchanged(credential: string | undefined): Promise<AccessToken> {
  // The library is CommonJS: bundled, it has no named exports.
  const { default: library } = await import('google-auth-library');
  const credentials = credential === undefined ? undefined : JSON.parse(credential);
  const auth = new library.GoogleAuth({
    scopes: SCOPE,
    ...(credentials !== undefined && { credentials }),
    projectId: 'unasked', // or the library looks for one, which may start a process
    clientOptions: { transporterOptions: { timeout: TIMEOUT_MS } },
  });
  const client = await auth.getClient();
  askAt(client, credentials?.token_uri);
  const { token } = await client.getAccessToken();
  if (typeof token !== 'string' || token === '') throw new Error('The answer holds no access token.');
  return { value: token, expiresAt: client.credentials.expiry_date ?? 0 };
}

/** A key may name the place it is exchanged at; the library knows only the usual one. */
function askAt(client: AuthClient, uri: unknown): void {
  if (typeof uri !== 'string' || uri === TOKEN_URI) return;
  client.transporter.interceptors.request.add({
    resolved: async (options) => {
      if (options.url.href === TOKEN_URI) options.url = new URL(uri);
      return options;
    },
  });
}
