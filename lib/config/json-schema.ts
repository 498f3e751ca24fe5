import * as z from 'zod/mini';
import { configSchema } from './schema.ts';

/** The configuration's JSON Schema, by which editors complete and check a file. In a file of its own: the gateway never needs it. */
export function jsonSchema(): object {
  return { title: 'Sluice configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
