import { waysToSwitchOn } from '../providers/index.ts';

/** What a person who just typed `npm start` wants to know. */
export type Welcome = {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** The key that may be shown: new, or chosen by the environment. */
  readonly key: string | undefined;
  readonly providers: readonly string[];
  /** The version of the configuration in force. */
  readonly version: number | undefined;
};

/** Where an OpenAI SDK is pointed to. */
export const baseUrlOf = ({ host, port }: Pick<Welcome, 'host' | 'port'>): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`;

/** The lines printed when the gateway is ready; the curl line works when pasted. */
export function banner({ host, port, dataDir, key, providers, version }: Welcome): string {
  const base = baseUrlOf({ host, port });
  const others = providers.filter((name) => name !== 'sluice');
  return `
  Sluice is ready.

  base URL   ${base}
  key        ${key ?? 'shown at the first start; another: npm run sluice -- --local keys create --tenant demo'}
  providers  ${others.length > 0 ? others.join(', ') : `none yet: ${waysToSwitchOn.join(', or ')} (.env is read)`}
  config     ${version === undefined ? 'the file: what is in force cannot be read' : `version ${version}`} (npm run sluice -- --local config list)
  data       ${dataDir}

  Try it:

  curl -N ${base}/chat/completions -H 'authorization: Bearer ${quoted(key ?? 'YOUR-KEY')}' -H 'content-type: application/json' -d '{"model":"sluice/echo","stream":true,"messages":[{"role":"user","content":"Hello there"}]}'

`;
}

/** Text inside single quotes of a shell. */
const quoted = (text: string) => text.replaceAll("'", "'\\''");
