import { claudeWriter } from '../anthropic/writer.ts';

/** Regions and groups of them that an inference profile's id begins with. */
const GEOGRAPHY = /^(?:us-gov|apac|global|[a-z]{2})\./;

/** A model's vendor and name, without region and version: `amazon.nova-2-lite`. An ARN ends in the id of what it names. */
export function toFamily(model: string): string {
  const id = model.toLowerCase();
  return id
    .slice(id.lastIndexOf('/') + 1)
    .replace(GEOGRAPHY, '')
    .replace(/:.*$/, '')
    .replace(/-v\d+$/, '')
    .replace(/-20\d{6}$/, '');
}

export const isClaude = (family: string): boolean => /^anthropic\.|^claude-/.test(family);

export const isNova = (family: string): boolean => family.startsWith('amazon.nova');

/** Who writes this model's thoughts, and alone can read them; Claude is the same in every cloud. */
export function toWriter(model: string): string {
  const family = toFamily(model);
  return isClaude(family) ? claudeWriter(model) : `bedrock/${family}`;
}
