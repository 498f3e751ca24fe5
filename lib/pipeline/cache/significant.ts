import { createHash } from 'node:crypto';
import { canonical } from '../../openai/canonical.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import type { Target } from '../../providers/provider.ts';

/**
 * What says nothing of the answer: how it is to be sent, who asks, and what for. Short, and a list of what is left out,
 * so that a parameter nobody here knows makes another question.
 */
const INSIGNIFICANT = new Set([
  ...['model', 'stream', 'stream_options', 'user', 'safety_identifier', 'metadata'],
  ...['prompt_cache_key', 'prompt_cache_retention'],
]);

/** A request as far as it shapes the answer. */
export const significant = (request: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(request).filter(([name, value]) => value !== null && !INSIGNIFICANT.has(name)));

/** A target as far as it shapes the answer: the same name may lead elsewhere when the configuration changes. */
export const shapeOf = ({ name, provider: { place } }: Target): Json => [name, { ...place }];

/** SHA-256 (hex). */
export const hashOf = (value: Json): string => createHash('sha256').update(canonical(value)).digest('hex');
