import { isObject, type Json } from '../../openai/json.ts';
import { asksNothing, refused } from '../parameters.ts';

/**
 * Fields by which a gateway behind ours lets another model answer, or another host at another price: what we allowed and
 * priced would not be what is served. No vendor's own API has them, but any address may be a gateway's.
 */
const REROUTING = [
  // https://openrouter.ai/docs/api/reference/overview: a preset names models, plugins ask several or choose one, and
  // a provider's preferences put hosts before their price.
  ...['models', 'route', 'preset', 'plugins', 'provider'],
  // https://docs.litellm.ai/docs/proxy/reliability
  ...['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks', 'model_list', 'user_config'],
  // https://docs.litellm.ai/docs/proxy/clientside_auth
  ...['api_base', 'base_url'],
  // https://www.assemblyai.com/docs/llm-gateway/fallback
  'fallback_config',
  // https://vercel.com/docs/ai-gateway/models-and-providers/provider-options
  'providerOptions',
];

/** OpenRouter's own tools, of which all but these ask other models. https://openrouter.ai/docs/guides/features/server-tools */
const ASKING = /^openrouter:(?!(web_search|web_fetch|datetime)$)/;

/** Throws for what would let another model answer than the one that is named. */
export function requireSameModel(request: Readonly<Record<string, Json | undefined>>, provider: string): void {
  const field = REROUTING.find((name) => !asksNothing(name, request[name]));
  const param = field ?? (asksOthers(request.tools) ? 'tools' : undefined);
  if (param !== undefined)
    throw refused(param, provider, 'it may have another model or host answer than the one named');
}

const asksOthers = (tools: Json | undefined): boolean =>
  Array.isArray(tools) &&
  tools.some((tool) => isObject(tool) && typeof tool.type === 'string' && ASKING.test(tool.type));
