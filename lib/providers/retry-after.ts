type Headers = Readonly<Record<string, string | undefined>>;

const LONGEST_MS = 24 * 60 * 60 * 1000;

/** How long a provider asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date, counted from the answer's own. */
export function toRetryAfterMs(headers: Headers): number | undefined {
  const { 'retry-after-ms': ms, 'retry-after': wait, date = '' } = headers;
  const exact = numberIn(ms);
  if (exact) return Math.min(exact, LONGEST_MS); // Azure says 0 beside a whole second
  const seconds = numberIn(wait);
  const waitMs = seconds === undefined ? Date.parse(wait ?? '') - Date.parse(date) : seconds * 1000;
  if (waitMs >= 0) return Math.min(waitMs, LONGEST_MS);
  return exact;
}

/** A plain decimal number, if it is one. */
const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
