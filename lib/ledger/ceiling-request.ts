/** Whatever JSON says in braces. */
export type Fields = Readonly<Record<string, unknown>>;

/** A chat request, as far as its price depends on it. */
export type Quotable = Fields & { readonly messages: readonly Fields[] };

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items of a list; none in anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** True for what is there and not empty. */
export const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

/** True where the provider is asked to look for more to read, or to run tools of its own. */
export function searches({ tools, ...request }: Fields): boolean {
  const asked = ['web_search_options', 'search_parameters', 'plugins'].some((name) => isGiven(request[name]));
  return asked || listOf(tools).some((tool) => isFields(tool) && tool.type !== 'function' && tool.type !== 'custom');
}

/** True where the answer is to be spoken. */
export const speaks = ({ modalities, audio }: Fields): boolean =>
  listOf(modalities).includes('audio') || isGiven(audio);

/** True where some of the prompt is to be kept for an hour. */
export function keepsAnHour(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (isFields(value) && value.ttl === '1h') || Object.values(value).some(keepsAnHour);
}

/** A way of being served that a request asks for: the parameter, and its word for it. */
export type Way = { readonly param: string; readonly word: string };

/** The ways in which a request asks to be served that may have a price of their own. */
export const waysOf = (request: Fields): readonly Way[] =>
  ['service_tier', 'speed', 'inference_geo'].flatMap((param) => {
    const word = request[param];
    return typeof word === 'string' ? [{ param, word: word.toLowerCase() }] : [];
  });

/** True where a request leaves it to its provider at which tier it is served. */
export const leavesTier = (ways: readonly Way[]): boolean =>
  ways.every(({ param, word }) => param !== 'service_tier' || word === 'auto' || word === '');
