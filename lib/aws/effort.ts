/** How long a client tries. */
export type Effort = {
  /** What one try may take, in milliseconds. */
  readonly tryMs: number;
  /** How often it tries, with growing pauses between. */
  readonly tries: number;
};

/** Where it asks. */
export type Whereabouts = {
  /** A server of a local run or of a test; AWS without it. */
  readonly endpoint?: string | undefined;
};

/** A local server takes requests from anybody; the SDK still asks who signs them. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
