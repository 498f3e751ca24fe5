import { GatewayError } from '../errors.ts';
import { parseJson } from '../json-text.ts';
import { asUtf8 } from './as-utf8.ts';
import type { Visit } from './visit.ts';

/** What a call is to be attributed to. */
export type Labels = {
  readonly user?: string;
  readonly feature?: string;
  /** `id@version` of the prompt template. */
  readonly prompt?: string;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** What a request's body may say of who asks and what for. */
export type Attributable = {
  readonly user?: string | null;
  readonly safety_identifier?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

/** The headers that label a call, in whatever script its people write. */
const LABELS = ['x-sluice-user', 'x-sluice-feature', 'x-sluice-prompt', 'x-sluice-metadata'] as const;

/** The x-sluice request headers there are; a caller who sends another is told so, for it would change nothing. */
const KNOWN = new Set<string>([
  ...LABELS,
  'x-sluice-timeout-ms',
  'x-sluice-first-token-ms',
  'x-sluice-fallback',
  'x-sluice-strict',
  'x-sluice-cache',
]);

const MOST_CHARACTERS = 512;
const MOST_METADATA = 16;
/** Node rings a timer at once that is set for longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The labels of a call, from its headers first and its body second. */
export function toLabels(sent: Visit['headers'], request: Attributable): Labels {
  for (const name of Object.keys(sent)) {
    if (name.startsWith('x-sluice-') && !KNOWN.has(name)) throw invalid(name, 'is not a header this gateway knows');
  }
  const headers = Object.fromEntries(LABELS.map((name) => [name, sent[name] && asUtf8(sent[name])]));
  const user = short(headers, 'x-sluice-user') || short(request, 'user') || short(request, 'safety_identifier');
  const feature = short(headers, 'x-sluice-feature');
  const prompt = short(headers, 'x-sluice-prompt');
  const metadata = toMetadata(headers, request);
  return {
    ...(user ? { user } : {}),
    ...(feature ? { feature } : {}),
    ...(prompt ? { prompt } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** The caller's patience for the whole call, or for the first token of each target, when it names one. */
export function toPatience(
  headers: Visit['headers'],
  name: 'x-sluice-timeout-ms' | 'x-sluice-first-token-ms',
): number | undefined {
  const given = headers[name];
  if (given === undefined) return undefined;
  const ms = Number(given);
  if (!Number.isSafeInteger(ms) || ms < 1) throw invalid(name, 'must be a whole number of milliseconds, at least 1');
  return Math.min(ms, LONGEST_TIMER_MS);
}

/** Whether what would be dropped is to be refused. */
export function toStrict(headers: Visit['headers']): boolean {
  const given = headers['x-sluice-strict'] ?? 'false';
  if (given !== 'true' && given !== 'false') throw invalid('x-sluice-strict', 'must be true or false');
  return given === 'true';
}

function short<Name extends string>(
  from: { readonly [name in Name]?: string | null | undefined },
  name: Name,
): string | undefined {
  const value = from[name] ?? undefined;
  if (value !== undefined && value.length > MOST_CHARACTERS)
    throw invalid(name, `must have at most ${MOST_CHARACTERS} characters`);
  return value;
}

function toMetadata(headers: Visit['headers'], request: Attributable): Readonly<Record<string, string>> {
  const given = headers['x-sluice-metadata'];
  const all = { ...request.metadata, ...(given === undefined ? {} : parsed(given)) };
  const entries = Object.entries(all);
  if (entries.length > MOST_METADATA)
    throw invalid('x-sluice-metadata', `must hold at most ${MOST_METADATA} entries, the body's metadata included`);
  for (const [name, value] of entries) {
    if (name === '__proto__') throw invalid('x-sluice-metadata', 'must not have a name __proto__');
    if (name.length > 64 || value.length > MOST_CHARACTERS)
      throw invalid(
        'x-sluice-metadata',
        `must have names of at most 64 and values of at most ${MOST_CHARACTERS} characters`,
      );
  }
  return all;
}

function parsed(json: string): Record<string, string> {
  const wrong = () => invalid('x-sluice-metadata', 'must be a JSON object of strings');
  let value: unknown;
  try {
    value = parseJson(json);
  } catch {
    throw wrong();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong();
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (typeof each !== 'string') throw wrong();
      return [name, each];
    }),
  );
}

const invalid = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
