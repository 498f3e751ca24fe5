import { GatewayError } from '../errors.ts';
import type { Outbound } from '../wire/send.ts';

/** Puts a bearer token on a request, if it goes to the origin the token belongs to. */
export function authorizeBearer(baseUrl: string) {
  const { origin } = new URL(baseUrl);
  return (outbound: Outbound, secret: string | undefined): Outbound => {
    if (secret === undefined) return outbound;
    // The last line of defence: nothing upstream of here lets a request choose a host.
    if (new URL(outbound.url).origin !== origin)
      throw new GatewayError('internal_error', { message: 'A credential was about to leave its host.' });
    return { ...outbound, headers: { ...outbound.headers, authorization: `Bearer ${secret}` } };
  };
}
