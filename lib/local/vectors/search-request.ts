import * as z from 'zod/mini';
import type { Content } from './mapping.ts';

const single = (fields: object): boolean => Object.keys(fields).length === 1;

const term = z.strictObject({ term: z.record(z.string(), z.string()).check(z.refine(single)) });
const terms = z.strictObject({ terms: z.record(z.string(), z.array(z.string())).check(z.refine(single)) });
const bounds = z.strictObject({
  gt: z.optional(z.number()),
  gte: z.optional(z.number()),
  lte: z.optional(z.number()),
});
const range = z.strictObject({ range: z.record(z.string(), bounds).check(z.refine(single)) });

/** All that must be so. */
export const filter = z.strictObject({
  bool: z.strictObject({ filter: z.array(z.union([term, terms, range])).check(z.minLength(1)) }),
});
export type Filter = z.infer<typeof filter>;

const k = z.int().check(z.minimum(1), z.maximum(10_000));
// The service would take one without a filter. Ours has none to ask for: it would look among strangers.
const knn = z.record(z.string(), z.strictObject({ vector: z.array(z.number()), k, filter })).check(z.refine(single));

/** What a search may ask here. */
export const search = z.strictObject({
  size: z.int().check(z.minimum(0), z.maximum(10_000)),
  _source: z.union([z.literal(false), z.array(z.string())]),
  query: z.union([z.strictObject({ knn }), filter]),
  sort: z.optional(z.tuple([z.record(z.string(), z.literal('asc')).check(z.refine(single))])),
});
export type Search = z.infer<typeof search>;

/** Whether a document's fields are as a clause says; one that lacks the field is not. */
export function matching(clause: Filter['bool']['filter'][number], fields: Content['fields']): boolean {
  if ('term' in clause) return Object.entries(clause.term).every(([field, value]) => fields[field] === value);
  if ('terms' in clause)
    return Object.entries(clause.terms).every(([field, values]) => values.some((value) => value === fields[field]));
  return Object.entries(clause.range).every(([field, { gt, gte, lte }]) => {
    const value = fields[field];
    if (typeof value !== 'number') return false;
    return (
      (gt === undefined || value > gt) && (gte === undefined || value >= gte) && (lte === undefined || value <= lte)
    );
  });
}
