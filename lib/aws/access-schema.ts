import * as z from 'zod/mini';
import { cachePolicy } from '../config/written-cache.ts';
import { writtenGuard } from '../config/written-guard.ts';
import { budgets, must, rates } from '../config/written-limits.ts';
import { writtenRedaction } from '../config/written-redaction.ts';
import { requires } from '../config/written-requires.ts';
import { priorities } from '../ledger/limits.ts';
import { offsetAt } from '../ledger/windows.ts';
import { deepest } from '../schema.ts';

/** What a tenant may be called: its name is part of keys in every table, and of what operators type. */
export const tenantName = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

const models = z.optional(
  z.array(z.string(must('must be a glob over provider/model')), must('must be a list of globs')),
);
const priority = z.optional(z.enum(priorities, must(`must be one of ${priorities.join(', ')}`)));
const text = z.string(must('must be text')).check(z.minLength(1, must('must not be empty')));
const instant = z.iso.datetime({ offset: true, ...must('must be a time such as 2027-01-31T12:00:00Z') });
const tenant = z.string(must('must be text')).check(z.regex(tenantName, must('is no name of a tenant')));

/** Who changed the item last, for the audit log. Whatever a hand made of it keeps nobody out. */
const changed = z.optional(z.unknown());

/** A key as a person may read and edit it. Unknown attributes are refused: a limit nobody enforces must not look enforced. */
export const keyItem = z.strictObject({
  pk: z.string(),
  sk: z.literal('key'),
  v: z.optional(z.number()),
  id: text,
  tenant,
  name: z.optional(text),
  feature: z.optional(text),
  models,
  requires,
  budgets,
  rates,
  priority,
  created: z.optional(z.string()),
  expires: z.optional(instant),
  revoked: z.optional(z.union([z.boolean(), instant], must('must be true, false or a time'))),
  /** When another secret took this one's place; it works until `expires`. */
  rotated: z.optional(instant),
  changed,
});

/** A tenant as a person may read and edit it. */
export const tenantItem = z.strictObject({
  pk: z.string().check(z.regex(/^tenant#/)),
  sk: z.literal('tenant'),
  v: z.optional(z.number()),
  created: z.optional(z.string()),
  models,
  requires,
  budgets,
  rates,
  priority,
  keyDefaults: z.optional(z.strictObject({ budgets, rates, models, priority })),
  userDefaults: z.optional(z.strictObject({ budgets, rates })),
  features: z.optional(
    z.record(
      z.string(),
      z.strictObject({ budgets, rates, models, redaction: writtenRedaction, guard: writtenGuard }),
      must('must be a map of features'),
    ),
  ),
  cache: cachePolicy,
  redaction: writtenRedaction,
  guard: writtenGuard,
  capture: z.optional(z.boolean(must('must be true or false'))),
  changed,
  timezone: z.optional(z.custom<string>(zone, must('must be a time zone by its IANA name, such as Europe/Berlin'))),
});

export type KeyItem = z.infer<typeof keyItem>;
export type TenantItem = z.infer<typeof tenantItem>;

/** What is wrong with an item: the path of the attribute, and what it must be. */
export type Fault = {
  readonly attribute: string;
  readonly problem: string;
  /** True for one that should not be there at all. */
  readonly unknown?: boolean;
};

/** The first thing wrong in an item. */
export function faultOf({ issues: [first] }: z.core.$ZodError): Fault {
  if (first === undefined) return { attribute: '', problem: 'cannot be read' };
  const issue = deepest(first);
  if (issue.code !== 'unrecognized_keys') return { attribute: issue.path.join('.'), problem: issue.message };
  const attribute = [...issue.path, issue.keys[0] ?? ''].join('.');
  return { attribute, problem: 'is no attribute that Sluice knows', unknown: true };
}

function zone(value: unknown): boolean {
  try {
    return typeof value === 'string' && Number.isFinite(offsetAt(value, 0));
  } catch {
    return false;
  }
}
