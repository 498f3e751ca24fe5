import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { CONNECT_MS, type Reach } from '../wire/send.ts';
import { freshHandler, type Patience } from './fresh-handler.ts';

export const USUAL: Patience = { connectMs: CONNECT_MS, silenceMs: 900_000 };
/** More than any configuration has; a token that is renewed must not add up. */
const MOST_CLIENTS = 32;

/** The SDK of the service: it is loaded with the first call, so that a gateway without it starts faster. */
export type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');

/** Where a call goes, and as whom. */
type Address = { readonly region: string; readonly endpoint?: string; readonly token?: string };

/** One client for each place, token and time to connect; the connections are shared by those that may take as long. */
export function runtimeClients(patience: Patience, now: () => number) {
  const handlers = new Map<number, ReturnType<typeof freshHandler>>();
  const known = new Map<string, BedrockRuntimeClient>();
  return ({ region, endpoint, token }: Address, sdk: Sdk, reach?: Reach): BedrockRuntimeClient => {
    const connectMs = reach?.connectMs ?? patience.connectMs;
    const requestHandler = handlers.get(connectMs) ?? freshHandler({ ...patience, connectMs }, now);
    handlers.set(connectMs, requestHandler);
    const key = JSON.stringify([region, endpoint, token, connectMs]);
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
