import { toRates } from '../../../lib/catalog/price.ts';
import { emptyConfig, type ProviderConfig } from '../../../lib/config/config.ts';
import { toEmbeddingRequest } from '../../../lib/openai/embedding.ts';
import type { Json } from '../../../lib/openai/json.ts';
import type { EmbedDialect } from '../../../lib/providers/embeddings/embed-dialect.ts';
import { findProvider } from '../../../lib/providers/index.ts';
import type { Target } from '../../../lib/providers/provider.ts';

/** What a provider's operator has written of it. */
const settings: Readonly<Record<string, ProviderConfig>> = {
  azure: { baseUrl: 'https://house.openai.azure.com' },
  bedrock: { region: 'eu-west-3' },
  vertex: { project: 'acme', region: 'europe-west1' },
  vllm: { baseUrl: 'http://127.0.0.1:8000/v1' },
};

/** An embedding model by its full name. */
export function targetOf(name: string): Target {
  const slash = name.indexOf('/');
  const [vendor, model] = [name.slice(0, slash), name.slice(slash + 1)];
  const provider = findProvider(vendor, { ...emptyConfig, providers: { [vendor]: settings[vendor] ?? {} } });
  if (provider === undefined) throw new Error(`${vendor} is configured.`);
  return { name, provider, model, price: toRates({ input: 1, output: 0 }) };
}

export function dialectOf({ provider, model }: Target): EmbedDialect {
  const dialect = provider.embed?.(model);
  if (dialect === undefined) throw new Error(`${model} gives embeddings.`);
  return dialect;
}

/** What leaves for a model: where to, its parsed body or bodies, and what found no place. */
export function sent(name: string, fields: Readonly<Record<string, Json>>) {
  const target = targetOf(name);
  const request = toEmbeddingRequest({ model: name, input: 'x', ...fields });
  const { outbound, dropped } = dialectOf(target).toProvider(request, target);
  return { outbound, url: 'url' in outbound ? outbound.url : '', body: JSON.parse(String(outbound.body)), dropped };
}

/** What is read in these answers, a line each. */
export function read(name: string, ...answers: readonly unknown[]) {
  const target = targetOf(name);
  const lines = answers.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  const stamp = { id: 'req_1', created: 0, model: target.model };
  return dialectOf(target).fromProvider(lines.join('\n'), { provider: target.provider.name, stamp });
}

export const texts = (count: number) => Array.from({ length: count }, (_, at) => `text ${at}`);
