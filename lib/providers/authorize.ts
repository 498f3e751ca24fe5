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
    if (!('url' in outbound) || !within(origin, outbound.url)) {
      throw new GatewayError('internal_error', { message: 'A credential was about to leave its host.' });
    }
    return { ...outbound, headers: { ...outbound.headers, ...toHeaders(secret) } };
  };
}

/** Whether a URL is one of this origin: mostly it is written as the origin is, and a slash ends that in every URL. */
const within = (origin: string, url: string): boolean => url.startsWith(`${origin}/`) || new URL(url).origin === origin;

/** As `Authorization: Bearer`. */
export const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
