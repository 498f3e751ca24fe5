import type { Config, ProviderConfig } from '../config/config.ts';
import { authorizeBearer } from './authorize.ts';
import { compatible } from './compatible/compatible.ts';
import type { Provider } from './provider.ts';
import { vendors } from './vendors.ts';

/** The provider of this name, when the configuration switches it on. */
export function findProvider(name: string, config: Config): Provider | undefined {
  const settings = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined;
  const baseUrl = settings?.baseUrl ?? vendors[name]?.baseUrl;
  if (settings === undefined || baseUrl === undefined) return undefined;
  const credential = settings.credential === undefined ? {} : { credential: settings.credential };
  return { name, baseUrl, ...credential, authorize: authorizeBearer(baseUrl), chat: compatible };
}

/** Adds the providers whose key is in the environment under its usual name; what the configuration says comes first. */
export function switchedOn(config: Config, env: Readonly<Record<string, string | undefined>>): Config {
  const found: Record<string, ProviderConfig> = {};
  for (const [name, { keyVariable }] of Object.entries(vendors)) {
    if (env[keyVariable]) found[name] = { credential: `env:${keyVariable}`, ...config.providers[name] };
  }
  return { ...config, providers: { ...config.providers, ...found } };
}

/** What is wrong with the providers of a configuration, in words; empty when nothing is. */
export function providerProblems(config: Config): { readonly path: readonly string[]; readonly problem: string }[] {
  return Object.entries(config.providers).flatMap(([name, settings]) => {
    const path = ['providers', name];
    if (Object.hasOwn(vendors, name))
      return settings.kind === undefined
        ? []
        : [
            {
              path: [...path, 'kind'],
              problem: `${name} is a provider Sluice knows: leave kind out, or choose another name`,
            },
          ];
    if (settings.kind === undefined)
      return [
        {
          path,
          problem: `${name} is not a provider Sluice knows (${Object.keys(vendors).join(', ')}); for an endpoint of your own write kind: openai-compatible and its baseUrl`,
        },
      ];
    return settings.baseUrl === undefined ? [{ path, problem: `${name} needs a baseUrl` }] : [];
  });
}

/** The environment variables that switch a provider on. */
export const keyVariables: readonly string[] = Object.values(vendors).map(({ keyVariable }) => keyVariable);

/** How to switch a provider on, for the person who asked for one of its models. */
export function howToSwitchOn(name: string): string {
  const vendor = Object.hasOwn(vendors, name) ? vendors[name] : undefined;
  return vendor === undefined
    ? `name it under providers in the configuration`
    : `set ${vendor.keyVariable}, or name it under providers in the configuration`;
}
