import { toRates } from '../../../lib/catalog/price.ts';
import { emptyConfig, type ProviderConfig } from '../../../lib/config/config.ts';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { findProvider } from '../../../lib/providers/index.ts';
import type { Provider } from '../../../lib/providers/provider.ts';

export const hello = [{ role: 'user', content: 'Hi' }];

/** A provider by its name, as its operator configured it. */
export function provider(name: string, settings: ProviderConfig = {}): Provider {
  const found = findProvider(name, { ...emptyConfig, providers: { [name]: settings } });
  if (found === undefined) throw new Error(`${name} is configured.`);
  return found;
}

/** What a provider is sent for a request, and what of it found no place. */
export function sent(target: Provider, fields: object, model = 'model') {
  const request = toChatRequest(JSON.parse(JSON.stringify({ model, messages: hello, ...fields })));
  const price = toRates({ input: 1, output: 1 });
  const { outbound, dropped } = target
    .chat(model)
    .toProvider(request, { name: `${target.name}/${model}`, provider: target, model, price });
  if (outbound.via !== 'http') throw new Error('This one is reached over HTTP.');
  return { ...outbound, body: JSON.parse(String(outbound.body)), dropped };
}

/** What a vendor is sent for a request. */
export const sentTo = (name: string, fields: object, model?: string) => {
  const { body, dropped } = sent(provider(name, { baseUrl: 'https://vendor.example/v1' }), fields, model);
  return { body, dropped };
};
