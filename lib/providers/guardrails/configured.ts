import type { Region } from '../../catalog/regions.ts';
import type { Config } from '../../config/config.ts';
import type { Path } from '../../config/route.ts';
import type { Provider } from '../provider.ts';
import type { GuardDialect } from './guard-dialect.ts';

/** A guardrail that can be asked. */
export type Guardrail = {
  readonly name: string;
  readonly provider: Provider;
  readonly dialect: GuardDialect;
  readonly timeoutMs: number;
  /** Where it may be judged, by its operator's word. */
  readonly regions?: readonly Region[] | undefined;
};

/** Guardrails judge in fractions of a second; a text that waits for one longer than this waits for nothing. */
const USUAL_MS = 5_000;

type FindProvider = (name: string, config: Config) => Provider | undefined;

/** The guardrail of a name, or why there is none, as the end of a sentence that begins with it. */
export function guardrailOf(name: string, config: Config, find: FindProvider): Guardrail | string {
  const { guardrails = {} } = config;
  const settings = Object.hasOwn(guardrails, name) ? guardrails[name] : undefined;
  if (settings === undefined) return 'is not in the configuration: name it under guardrails';
  const provider = find(settings.provider, config);
  if (provider === undefined) return `is one of ${settings.provider}, which is not switched on`;
  if (provider.guard === undefined) return `is one of ${settings.provider}, which has no guardrails`;
  const dialect = provider.guard(settings);
  if (typeof dialect === 'string') return dialect;
  const { regions, timeoutMs = USUAL_MS } = settings;
  return { name, provider, dialect, timeoutMs, regions };
}

type Problem = { readonly path: Path; readonly problem: string };

/**
 * What is wrong with the guardrails of a configuration, and with what it says of them. One whose provider is known, and
 * only not switched on here, is told to those who would be called through it.
 */
export function guardrailProblems(
  config: Config,
  find: FindProvider,
  known: (provider: string) => boolean,
): readonly Problem[] {
  const { guardrails = {}, guard = {}, providers, off = [] } = config;
  const wrong = Object.entries(guardrails).flatMap(([name, { provider }]): Problem[] => {
    if (off.includes(provider)) return [{ path: ['guardrails', name], problem: `is one of ${provider}, which is off` }];
    if (!Object.hasOwn(providers, provider) && known(provider)) return [];
    const found = guardrailOf(name, config, find);
    return typeof found === 'string' ? [{ path: ['guardrails', name], problem: found }] : [];
  });
  const astray = (['input', 'output'] as const).flatMap((side) =>
    (guard[side] ?? []).flatMap((name, at): Problem[] =>
      Object.hasOwn(guardrails, name)
        ? []
        : [{ path: ['guard', side, at], problem: `names ${name}, which is not in guardrails` }],
    ),
  );
  return [...wrong, ...astray];
}
