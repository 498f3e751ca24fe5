import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** How long the service may take, in milliseconds. */
export type Patience = {
  readonly connectMs: number;
  /** Until the answer begins, and between any two reads of it. */
  readonly silenceMs: number;
};

export const USUAL: Patience = { connectMs: 5_000, silenceMs: 300_000 };
/** More than any configuration has; a token that is renewed must not add up. */
const MOST_CLIENTS = 32;

/** The SDK of the service: it is loaded with the first call, so that a gateway without it starts faster. */
export type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');

/** Where a call goes, and as whom. */
type Address = { readonly region: string; readonly endpoint?: string; readonly token?: string };

/** One client for each place and token; the connections are shared. */
export function runtimeClients({ connectMs, silenceMs }: Patience) {
  // The SDK would choose HTTP/2, where it knows no timeouts.
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: connectMs,
    requestTimeout: silenceMs,
    socketTimeout: silenceMs,
    throwOnRequestTimeout: true, // without it the handler only warns
    httpAgent: { maxSockets: Number.POSITIVE_INFINITY },
    httpsAgent: { maxSockets: Number.POSITIVE_INFINITY },
  });
  const known = new Map<string, BedrockRuntimeClient>();
  return ({ region, endpoint, token }: Address, sdk: Sdk): BedrockRuntimeClient => {
    const key = JSON.stringify([region, endpoint, token]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const client = new sdk.BedrockRuntimeClient({
      region,
      ...(endpoint !== undefined && { endpoint }),
      requestHandler,
      maxAttempts: 1, // whether and where to try again is for the plan to say
      // Said either way: a token in the environment would beat the credentials the operator means.
      ...(token === undefined
        ? { authSchemePreference: ['sigv4'] }
        : { token: { token }, authSchemePreference: ['httpBearerAuth'] }),
    });
    const [oldest] = known.keys();
    if (known.size >= MOST_CLIENTS && oldest !== undefined) known.delete(oldest);
    known.set(key, client);
    return client;
  };
}
