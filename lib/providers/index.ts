import type { Config, ProviderConfig } from '../config/config.ts';
import { namesIn, type Path } from '../config/route.ts';
import { anthropicMaker } from './anthropic/anthropic.ts';
import { azureMaker } from './azure/azure.ts';
import { bedrockMaker } from './bedrock/bedrock.ts';
import { cohereMaker } from './cohere/cohere.ts';
import { geminiMaker } from './gemini/gemini.ts';
import { guardrailProblems } from './guardrails/configured.ts';
import type { Maker, Provider } from './provider.ts';
import { compatibleMaker, vendors } from './vendors.ts';
import { vertexMaker } from './vertex/vertex.ts';

/** Every provider by name: those with a dialect of their own, and the compatible ones. */
const makers: ReadonlyMap<string, Maker> = new Map([
  ...Object.entries(vendors).map(([name, vendor]): [string, Maker] => [name, compatibleMaker(vendor)]),
  ['anthropic', anthropicMaker],
  ['azure', azureMaker],
  ['bedrock', bedrockMaker],
  ['cohere', cohereMaker],
  ['gemini', geminiMaker],
  ['vertex', vertexMaker],
]);

/** The name under which the gateway answers by itself: `sluice/echo`. */
const OWN_NAME = 'sluice';

/** An endpoint that only its operator knows. */
const named = compatibleMaker(undefined);

const makerOf = (name: string, { kind }: ProviderConfig): Maker | undefined =>
  kind === undefined ? makers.get(name) : named;

/**
 * Who goes on with a trace when a request names it. https://docs.cloud.google.com/trace/docs/trace-context,
 * https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md, https://docs.vllm.ai/en/latest (OpenTelemetry)
 */
const goesOnWithTraces: ReadonlySet<string> = new Set(['azure', 'vertex', 'vllm']);

/** The provider of this name, when the configuration switches it on. */
export function findProvider(name: string, config: Config): Provider | undefined {
  const settings = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined;
  if (settings === undefined) return undefined;
  const { regions, retention, traceparent } = settings;
  const provider = makerOf(name, settings)?.make(name, settings);
  return (
    provider && {
      ...provider,
      traced: traceparent ?? goesOnWithTraces.has(name),
      stated: { regions, retention },
    }
  );
}

/**
 * Adds the providers that the environment switches on; what the configuration says comes first. A key of the environment
 * never goes to an address of the configuration: where that names an address, it names the credential, too.
 */
export function switchedOn(config: Config, env: Readonly<Record<string, string | undefined>>): Config {
  const providers: Record<string, ProviderConfig> = { ...config.providers };
  for (const [name, { fromEnvironment }] of makers) {
    const found = fromEnvironment(env);
    const written = providers[name];
    if (found === undefined || written?.kind !== undefined || config.off?.includes(name)) continue;
    const { credential: _, ...keyless } = found;
    providers[name] = { ...(written?.baseUrl === undefined ? found : keyless), ...written };
  }
  return { ...config, providers };
}

/** Adds the providers that answer the role a deployed gateway runs under, without a key, unless the configuration speaks of them. */
export function nativeProviders(config: Config, env: Readonly<Record<string, string | undefined>>): Config {
  const native = [...makers].flatMap(([name, { fromRole }]) => {
    const found = config.off?.includes(name) ? undefined : fromRole?.(env);
    return found === undefined ? [] : [[name, found]];
  });
  return { ...config, providers: { ...Object.fromEntries(native), ...config.providers } };
}

/** The providers of a deployed gateway; throws for what is wrong with those it is given. */
export function deployedProviders(config: Config, env: Readonly<Record<string, string | undefined>>): Config {
  const problems = providerProblems(config).map(({ path, problem }) => `${path.join('.')} ${problem}`);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return nativeProviders(config, env);
}

type Problem = { readonly path: Path; readonly problem: string };

/** What is wrong with the providers of a configuration, and with those its routes lead to, in words; empty when nothing is. */
export const providerProblems = (config: Config): readonly Problem[] => [
  ...wrongProviders(config),
  ...wrongTargets(config),
  ...guardrailProblems(config, findProvider, (name) => makers.has(name)),
];

function wrongProviders(config: Config): readonly Problem[] {
  return Object.entries(config.providers).flatMap(([name, settings]) => {
    const path = ['providers', name];
    if (name === OWN_NAME) return [{ path, problem: 'is a name Sluice keeps for itself: choose another' }];
    if (settings.kind !== undefined && makers.has(name)) {
      return [
        {
          path: [...path, 'kind'],
          problem: `cannot be set: ${name} is a provider Sluice knows. Leave kind out, or choose another name`,
        },
      ];
    }
    const maker = makerOf(name, settings);
    if (maker === undefined) {
      return [
        {
          path,
          problem: `is not a provider Sluice knows (${[...makers.keys()].join(', ')}); for an endpoint of your own write kind: openai-compatible and its baseUrl`,
        },
      ];
    }
    const problem = maker.problem(settings);
    return problem === undefined ? [] : [{ path, problem }];
  });
}

/** The names in routes whose provider nobody knows, or is off. One that is only not switched on here is passed over when it is called. */
function wrongTargets({ models, providers, off = [] }: Config): readonly Problem[] {
  return Object.entries(models).flatMap(([name, route]) =>
    namesIn(route, ['models', name]).flatMap(({ path, name }) => {
      if (Object.hasOwn(models, name)) return [];
      const provider = name.split('/')[0] ?? '';
      if (off.includes(provider)) return [{ path, problem: `leads to ${provider}, which is off` }];
      if (provider === OWN_NAME || makers.has(provider) || Object.hasOwn(providers, provider)) return [];
      return [{ path, problem: `leads to ${JSON.stringify(provider)}, which is no provider: name it under providers` }];
    }),
  );
}

/** Whether a provider is on only where somebody gives it a key, or an address: not the one that is called with the gateway's own role, and not the gateway itself. */
export const needsKey = (name: string): boolean => name !== OWN_NAME && makers.get(name)?.fromRole === undefined;

/** The ways to switch a first provider on, for the person who has none yet. */
export const waysToSwitchOn: readonly string[] = [...makers.values()].map(({ switchOn }) => switchOn);

/** How to switch a provider on, for the person who asked for one of its models. */
export const howToSwitchOn = (name: string): string => makers.get(name)?.switchOn ?? named.switchOn;
