import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A place on a real socket that exchanges the signed assertions of one service account for tokens. */
export async function startTokenEndpoint() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let answers = 0;
  let refusing: number | undefined;
  const scopes: unknown[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const form = new URLSearchParams(Buffer.concat(pieces).toString());
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}');
    const genuine = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${claims}`),
      createPublicKey(privateKey),
      Buffer.from(signature, 'base64url'),
    );
    scopes.push(scope);
    const refused = refusing ?? (genuine && iss === account.client_email ? undefined : 400);
    const answer = refused
      ? { error: 'invalid_grant', error_description: 'Refused.' }
      : { access_token: `ya29.token-${++answers}`, expires_in: 3600, token_type: 'Bearer' };
    response.writeHead(refused ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const account = {
    type: 'service_account',
    client_email: 'gateway@acme.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    private_key_id: 'k1',
    token_uri: `http://127.0.0.1:${port}/token`,
  };
  return {
    /** The account's key, as Google Cloud gives it out. */
    key: JSON.stringify(account),
    /** The scope of every assertion that came. */
    scopes,
    /** From now on every exchange is refused with this status; with none, no longer. */
    refuseWith: (status: number | undefined) => {
      refusing = status;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
