import { parseJson } from '../json-text.ts';
import '../schema.ts';
import * as z from 'zod/mini';
import { canonical, type Json } from '../audit/canonical.ts';
import { type Entry, placeOf } from '../audit/entry.ts';
import type { Found } from '../audit/verifier.ts';

/** The one partition of table Audit: its newest entry is found by one query, and operators change little in a second. */
export const AUDIT = 'audit';

const json = z.optional(z.string());
const auditItem = z.strictObject({
  pk: z.literal(AUDIT),
  sk: z.string(),
  v: z.literal(1),
  day: z.string(),
  number: z.number(),
  at: z.string(),
  logged: z.string(),
  principal: z.string(),
  action: z.string(),
  subject: z.string(),
  before: json,
  after: json,
  reason: z.optional(z.string()),
  stamp: z.optional(z.string()),
  source: z.string(),
  ttl: z.optional(z.number()),
  previous: z.optional(
    z.strictObject({ day: z.string(), number: z.number(), hash: z.string(), ttl: z.optional(z.number()) }),
  ),
  hash: z.string(),
});

/** An entry as it stands in the table: what is before and after as JSON, so that no type of DynamoDB's comes between it and its hash. */
export const toAuditItem = ({ before, after, ...entry }: Entry) => ({
  pk: AUDIT,
  sk: placeOf(entry),
  ...entry,
  ...(before !== undefined && { before: canonical(before) }),
  ...(after !== undefined && { after: canonical(after) }),
});

/** Reads what stands in the table; one that says more than an entry, less, or otherwise, is none. */
export function toFound(item: Readonly<Record<string, unknown>>): Found {
  const place = String(item.sk);
  const { success, data } = auditItem.safeParse(item);
  if (!success) return { place, entry: undefined };
  const { pk: _, sk: __, before, after, ...said } = data;
  const [old, fresh] = [jsonIn('before', before), jsonIn('after', after)];
  return { place, entry: old && fresh && { ...said, ...old, ...fresh } };
}

const text = z.catch(z.optional(z.string()), undefined);
const recent = z.object({
  place: z.string(),
  source: text,
  stamp: text,
  logged: z.catch(z.string(), ''),
  hash: text,
  action: text,
  ttl: z.catch(z.optional(z.number()), undefined),
});

/** An entry, as far as the next one depends on it; whatever was made of it by hand is left out. */
export type Recent = z.infer<typeof recent>;

export const toRecent = ({ sk, ...item }: Readonly<Record<string, unknown>>): Recent =>
  recent.parse({ ...item, place: sk });

/** A value under its name, or nothing where there is no text; undefined for a text that nobody wrote here. */
function jsonIn(name: 'before' | 'after', text: string | undefined): { readonly [name: string]: Json } | undefined {
  if (text === undefined) return {};
  try {
    const value: Json = parseJson(text);
    return canonical(value) === text ? { [name]: value } : undefined;
  } catch {
    return undefined;
  }
}
