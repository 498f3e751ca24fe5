import * as z from 'zod/mini';
import type { Route } from './route.ts';
import { cachePolicy } from './written-cache.ts';
import { must } from './written-limits.ts';

/** No call of the gateway lasts longer. */
const LONGEST_MS = 900_000;
const MOST_TRIES = 5;
/** More are no plan: each may be waited for. */
const MOST_PARTS = 16;

const milliseconds = z.optional(z.int().check(z.gte(1), z.lte(LONGEST_MS)));

const timeouts = z.optional(
  z.strictObject({
    connectMs: milliseconds,
    firstTokenMs: milliseconds,
    betweenTokensMs: milliseconds,
    callMs: milliseconds,
  }),
);

const name = z
  .string(must('must be provider/model, the name of another route, or a map with use, inOrder or split'))
  .check(z.regex(/^\S+$/, 'must be provider/model, or the name of another route'));

const inside: z.ZodMiniType<Route> = z.lazy(() => route);

const manner = {
  tries: z.optional(z.int().check(z.gte(1), z.lte(MOST_TRIES))),
  timeouts,
  larger: z.optional(inside),
  cache: cachePolicy,
};

const use = z.strictObject({ use: inside, ...manner });
const inOrder = z.strictObject({ inOrder: z.array(inside).check(z.minLength(1), z.maxLength(MOST_PARTS)), ...manner });
const arm = z.strictObject({ share: z.number().check(z.gte(0), z.lte(100)), use: inside, ...manner });
const split = z.strictObject({ split: z.array(arm).check(z.minLength(1), z.maxLength(MOST_PARTS)), ...manner });

/** A route as it is written. */
export const route: z.ZodMiniType<Route> = z.union([name, use, inOrder, split]);
