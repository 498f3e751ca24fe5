import type { Check } from './check.ts';

const PATIENCE_MS = 15_000; // a function that starts, and then waits for its configuration
/** How far clocks may be apart: both are set over the network, and the answer took its time. */
const CLOCK_MS = 30_000;

/** What there is to compare with. */
export type Expected = {
  /** The version of the configuration in force; undefined where there is none, or it cannot be read. */
  readonly version: number | undefined;
  readonly now: () => number;
};

/** Whether a gateway answers at a base URL, on which clock, and by which version of the configuration. */
export async function checkGateway(baseUrl: string, expected: Expected): Promise<readonly Check[]> {
  const askedAt = expected.now();
  const health = await asked(`${baseUrl}/healthz`);
  if (!health.ok) return [{ about: 'gateway', item: baseUrl, outcome: 'wrong', message: health.why }];
  const ms = expected.now() - askedAt;
  const reached: Check = { about: 'gateway', item: baseUrl, outcome: 'ok', message: `answers in ${ms} ms` };
  const clock = clockOf(health.response.headers.get('date'), askedAt + ms / 2, baseUrl);
  // Whom it does not know it tells, all the same, by which version it goes.
  const refused = await fetch(`${baseUrl}/models`, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
  return [reached, clock, versionOf(refused?.headers.get('x-sluice-config-version'), expected.version, baseUrl)];
}

type Answer = { readonly ok: true; readonly response: Response } | { readonly ok: false; readonly why: string };

async function asked(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await response.text();
    if (response.status === 200 && text.includes('"status":"ok"')) return { ok: true, response };
    return {
      ok: false,
      why: `${url} answers ${response.status}, and not as a gateway does. ${advice(response.status)}`,
    };
  } catch (error) {
    return { ok: false, why: `${url} does not answer: ${reasonOf(error)}` };
  }
}

function advice(status: number): string {
  if (status === 403)
    return 'Something before it refuses: a firewall, or a function URL that may not be called by everybody, which another deploy puts right.';
  if (status === 429)
    return 'It turns calls away before the gateway sees them: throttles of the REST API, or Lambda, which runs as many at once as the account may, of a new one as few as ten. Service Quotas (Lambda, concurrent executions) has more.';
  if (status >= 500) return 'It fails before it can say why: its log does.';
  return 'Is this the base URL, with /v1 at its end?';
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOTFOUND') return 'there is no such name. Is the stack there, and in this region?';
  if (code === 'ECONNREFUSED') return 'nobody listens there. Start it with npm start, or name another with --url.';
  if (error instanceof Error && error.name === 'TimeoutError') return `nothing came within ${PATIENCE_MS / 1000} s.`;
  return `${cause instanceof Error ? cause.message : cause}.`;
}

/** A date has no parts of seconds: half a second is what it means on average. */
function clockOf(date: string | null, localMs: number, item: string): Check {
  const aheadMs = localMs - (Date.parse(date ?? '') + 500);
  if (Number.isNaN(aheadMs)) return { about: 'clock', item, outcome: 'unknown', message: 'The gateway tells no time.' };
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= CLOCK_MS) return { about: 'clock', item, outcome: 'ok', message: `${seconds} s apart` };
  const message = `The clock here is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the gateway's at ${item}. Set it by the network: AWS refuses requests that are 5 minutes off, and the audit log calls changes that are 15 minutes off unconfirmed.`;
  return { about: 'clock', item, outcome: 'wrong', message };
}

function versionOf(told: string | null | undefined, version: number | undefined, item: string): Check {
  const about = 'version';
  if (version === undefined)
    return { about, item, outcome: 'unknown', message: 'No version is in force yet, or none that can be read.' };
  if (told === String(version)) return { about, item, outcome: 'ok', message: `goes by ${version}, which is in force` };
  const goes = told ? `goes by version ${told}` : 'does not say by which version it goes';
  const message = `The gateway at ${item} ${goes}, and ${version} is in force. A new one arrives within 30 seconds; if it does not, the gateway's log says what it cannot use or read of it.`;
  return { about, item, outcome: 'wrong', message };
}
