import { GatewayError } from '../errors.ts';
import type { Outbound } from '../wire/send.ts';
import type { Provider } from './provider.ts';

/** Puts a secret into a header of requests that go to the origin it belongs to. */
export function authorizeBy(
  baseUrl: string,
  toHeaders: (secret: string) => Readonly<Record<string, string>>,
): Provider['authorize'] {
  const { origin } = new URL(baseUrl);
  return (outbound: Outbound, secret: string | undefined): Outbound => {
    if (secret === undefined) return outbound;
    // The last line of defence: nothing upstream of here lets a request choose a host.
    if (!('url' in outbound) || new URL(outbound.url).origin !== origin) {
      throw new GatewayError('internal_error', { message: 'A credential was about to leave its host.' });
    }
    return { ...outbound, headers: { ...outbound.headers, ...toHeaders(secret) } };
  };
}

/** As `Authorization: Bearer`. */
export const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
