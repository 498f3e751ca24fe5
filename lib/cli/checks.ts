import { readConfig } from '../config/read.ts';
import { readGateway } from '../local/gateway-address.ts';
import { providerProblems } from '../providers/index.ts';
import type { Check } from './check.ts';
import { checkGateway } from './check-gateway.ts';
import { checkModels } from './check-models.ts';
import { checkSecrets } from './check-secrets.ts';
import type { Connection } from './connect.ts';
import { given, type OptionKinds, type Options } from './options.ts';
import { setting } from './setting.ts';
import { Wrong } from './wrong.ts';

/** What the checks are told. */
export const checkFlags = { url: 'values', model: 'values', 'key-env': 'value' } as const satisfies OptionKinds;

/** What can be told of a gateway from outside: whether it is there, and does what it is there for. */
export async function checksOf({ config: store, deployed }: Connection, options: Options): Promise<readonly Check[]> {
  const inForce = await store.inForce().catch(() => undefined);
  const urls = await baseUrls(options, deployed?.baseUrls);
  const keyName = given(options, 'key-env') ?? 'SLUICE_KEY';
  const models = options.get('model') ?? [];
  const checks: Check[] = [];
  for (const baseUrl of urls) {
    const found = await checkGateway(baseUrl, { version: inForce?.version, now: Date.now });
    checks.push(...found);
    if (found.some(({ about, outcome }) => about === 'gateway' && outcome !== 'ok')) continue;
    checks.push(...(await checkModels({ baseUrl, key: process.env[keyName], keyName, models })));
  }
  const nowhere: Check = {
    about: 'gateway',
    item: deployed?.stack ?? 'the gateway here',
    outcome: 'unknown',
    message: 'It does not say where it is: name its base URL with --url.',
  };
  return [
    ...(urls.length === 0 ? [nowhere] : checks),
    ...(deployed && inForce ? await secretsOf(inForce.json, deployed.ownSecrets) : []),
  ];
}

/** What is wrong with a configuration is told elsewhere. */
async function secretsOf(json: string, own: string): Promise<readonly Check[]> {
  try {
    return await checkSecrets(readConfig(json, 'the version in force', providerProblems), own);
  } catch {
    return [];
  }
}

async function baseUrls(options: Options, ofStack: readonly string[] | undefined): Promise<readonly string[]> {
  const named = options.get('url');
  if (named !== undefined) return named.map(toBaseUrl);
  if (ofStack !== undefined) return ofStack;
  const here = await readGateway(setting('SLUICE_DATA_DIR') || '.sluice');
  return here === undefined ? [] : [here];
}

function toBaseUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new Wrong(
      `--url takes a base URL, such as https://….lambda-url.us-east-1.on.aws/v1, not ${JSON.stringify(text)}.`,
    );
  return text.replace(/\/+$/, '');
}
