import { config, type core } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// Imported for its effect: the small build of zod says "Invalid input" to everything until it is given a language.
// Each schema imports zod itself, as a namespace: re-exported from here, all of it would land in the bundle.
config(en());

/** An issue, with the whole way to it. A union says only that nothing fits; its branch that got furthest, with the least that is wrong, says what and where. */
export const deepest = (issue: core.$ZodIssue): core.$ZodIssue => unfolded(issue)[0] ?? issue;

/** The same, with everything that is wrong in that branch. */
export function unfolded(issue: core.$ZodIssue): readonly core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branches = issue.errors.map((issues) => issues.flatMap(unfolded)).filter((issues) => issues.length > 0);
  const [best] = branches.sort((one, other) => depth(other) - depth(one) || one.length - other.length);
  return best === undefined ? [issue] : best.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

const depth = ([first]: readonly core.$ZodIssue[]): number => first?.path.length ?? 0;
