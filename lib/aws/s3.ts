import { type Effort, LOCAL_CREDENTIALS, type Whereabouts } from './effort.ts';

/** The SDK of S3 and a client that gives up after a known time, loaded when somebody first asks: most gateways never do. */
export type S3 = Awaited<ReturnType<ReturnType<typeof s3OnDemand>>>;

export function s3OnDemand(effort: Whereabouts & Effort) {
  let opened: Promise<Awaited<ReturnType<typeof open>>> | undefined;
  return () => {
    opened ??= open(effort).catch((error: unknown) => {
      opened = undefined; // the next one tries again
      throw error;
    });
    return opened;
  };
}

async function open({ endpoint, tryMs, tries }: Whereabouts & Effort) {
  const [sdk, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@smithy/node-http-handler'),
  ]);
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: tryMs,
    requestTimeout: tryMs,
    throwOnRequestTimeout: true, // without it the handler only warns
  });
  const client = new sdk.S3Client({
    requestHandler,
    maxAttempts: tries,
    ...(endpoint !== undefined && { endpoint, region: 'local', forcePathStyle: true, credentials: LOCAL_CREDENTIALS }),
  });
  return { sdk, client };
}
