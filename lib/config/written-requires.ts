import * as z from 'zod/mini';
import { regions } from '../catalog/regions.ts';
import { must } from './written-limits.ts';

const REGIONS = must(`must be a list of one or more of ${regions.join(', ')}`);
const PROVIDERS = must('must be a list of names of providers');
const DAYS = must('must be none, or a whole number of days');

const listed = z.array(z.enum(regions, REGIONS), REGIONS).check(z.minLength(1, REGIONS));

/** What a tenant, a key or the configuration requires of every target. An empty list would allow none: that is refused. */
export const requires = z.optional(
  z.strictObject({
    regions: z.optional(listed),
    providers: z.optional(
      z
        .array(z.string(PROVIDERS).check(z.regex(/^[a-z0-9][a-z0-9-]*$/, PROVIDERS)), PROVIDERS)
        .check(z.minLength(1, PROVIDERS)),
    ),
    retention: z.optional(z.literal('none', must('must be none'))),
  }),
);

/** What an operator states of a provider. */
export const stated = {
  regions: z.optional(listed),
  retention: z.optional(z.union([z.literal('none', DAYS), z.int(DAYS).check(z.gte(1, DAYS))])),
};
