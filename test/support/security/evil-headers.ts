/** What a provider may say in headers that is for nobody behind the gateway. */
export const evil = {
  'set-cookie': ['session=evil; Path=/', 'other=evil'],
  location: 'https://evil.example/',
  refresh: '0; url=https://evil.example/',
  link: '<https://evil.example/>; rel=preload',
  'x-internal-host': 'evil.internal',
  'access-control-allow-origin': 'https://evil.example',
  'access-control-allow-credentials': 'true',
  'www-authenticate': 'Basic realm="evil"',
  'content-security-policy': 'evil',
  'x-request-id': 'evil',
  'x-sluice-model': 'evil/model',
  'x-sluice-cost-usd': '-666',
  'x-ratelimit-limit-requests': '666',
  'server-timing': 'evil;dur=1',
  'openai-organization': 'evil-org',
  'anthropic-organization-id': 'evil-org',
  via: 'evil',
  server: 'evil',
};

/** All that a caller is ever told in a header: README's list, and what HTTP and SDKs need. */
const told = new Set([
  ...['x-request-id', 'x-sluice-model', 'x-sluice-attempts', 'x-sluice-cost-usd', 'x-sluice-cache', 'age'],
  ...['x-sluice-dropped-params', 'x-sluice-max-tokens', 'x-sluice-config-version', 'idempotent-replayed'],
  ...['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ...['x-ratelimit-limit-tokens', 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens', 'server-timing'],
  ...['content-type', 'content-length', 'cache-control', 'retry-after', 'retry-after-ms', 'x-should-retry', 'allow'],
  ...['connection', 'keep-alive', 'date', 'transfer-encoding'],
]);

/** The headers of an answer that are not for a caller, or hold a word of the provider's. */
export const leaked = (headers: Iterable<readonly [string, string]>): readonly string[] =>
  [...headers].flatMap(([name, value]) =>
    told.has(name.toLowerCase()) && !/evil|666/i.test(value) ? [] : [`${name}: ${value}`],
  );
