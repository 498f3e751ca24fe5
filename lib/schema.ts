import { config, type core } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// Imported for its effect: the small build of zod says "Invalid input" to everything until it is given a language.
// Each schema imports zod itself, as a namespace: re-exported from here, all of it would land in the bundle.
config(en());

/** An issue, with the whole way to it. A union says only that nothing fits; its branch that got furthest says what and where. */
export function deepest(issue: core.$ZodIssue): core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.flatMap(([first]) => (first === undefined ? [] : [deepest(first)]));
  const [best] = branches.sort((one, other) => other.path.length - one.path.length);
  return best === undefined ? issue : { ...best, path: [...issue.path, ...best.path] };
}
