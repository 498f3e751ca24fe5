/** Providers by the names OpenTelemetry's conventions have for them; the others are called as they are here. */
const names: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  gemini: 'gcp.gemini',
  mistral: 'mistral_ai',
  vertex: 'gcp.vertex_ai',
  xai: 'x_ai',
};

/** What a provider is called in a trace. https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/ */
export const semanticName = (provider: string): string =>
  (Object.hasOwn(names, provider) ? names[provider] : undefined) ?? provider;
