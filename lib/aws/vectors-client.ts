import type { Client } from '@opensearch-project/opensearch';
import { inTime } from '../wire/in-time.ts';
import type { Credentials } from './signature.ts';

/** Where vectors are. */
export type Place = {
  /** The address; asked for with the first request. */
  readonly endpoint: () => Promise<string>;
  /** Without it requests are not signed, as on a laptop. */
  readonly signing?:
    | { readonly region: () => Promise<string>; readonly credentials: () => Promise<Credentials> }
    | undefined;
};

/** Makes a request, and gives the body of its answer. It ends with the signal, whatever it waits for. */
export type Ask = (request: (client: Client) => Request, signal: AbortSignal) => Promise<unknown>;

type Request = Promise<{ readonly body: unknown }> & { readonly abort: () => void };

/** What asks at a place. Its client is loaded with the first request, so that a gateway without one starts faster. */
export function asking(place: Place): Ask {
  let first: Promise<Client> | undefined;
  const client = () => {
    first ??= open(place).catch((error: unknown) => {
      first = undefined; // the next one tries again
      throw error;
    });
    return first;
  };
  return async (request, signal) => {
    signal.throwIfAborted();
    const opened = await inTime(client(), signal);
    signal.throwIfAborted();
    const work = request(opened);
    // abort() gives the request back: a listener that did so, too, would throw its failure at the process.
    const stop = () => void work.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return (await inTime(work, signal)).body;
    } catch (error) {
      throw signal.aborted ? signal.reason : plain(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}

async function open({ endpoint, signing }: Place): Promise<Client> {
  // The signer is CommonJS: bundled, it has no names of its own.
  const [{ Client }, { default: signer }, node, region] = await Promise.all([
    import('@opensearch-project/opensearch'),
    import('@opensearch-project/opensearch/aws-v3'),
    endpoint(),
    signing?.region(),
  ]);
  return new Client({
    ...(signing && region && signer.AwsSigv4Signer({ service: 'aoss', region, getCredentials: signing.credentials })),
    node,
    // A connection that was kept over a freeze is dead. What is written twice by this is one vector too many.
    maxRetries: 1,
    requestTimeout: 60_000, // longer than whoever asks has patience; its own 30 s would be over while the service wakes
    resurrectStrategy: 'none', // it would ask HEAD /, which the service does not have
  });
}

/** A failure without what its client hangs on it, the vector and the signature: failures are logged. */
const plain = (error: unknown): Error =>
  new Error(`The place for vectors failed: ${error instanceof Error ? error.message : error}`);
