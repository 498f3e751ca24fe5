import * as z from 'zod/mini';
import { kinds } from '../redaction/finding.ts';
import { redactionModes } from './redaction-policy.ts';
import { must } from './written-limits.ts';

/** The most patterns one policy may have, and how long each may be: three policies come together, and 32 are compiled at most. */
const MOST_PATTERNS = 10;
const MOST_LENGTH = 512;

const name = must('must be a name of lower-case letters, digits and dashes, at most 32, a letter first');
const pattern = must(`must be a regular expression of at most ${MOST_LENGTH} characters`);
const count = must(`must be at most ${MOST_PATTERNS} patterns by their names`);

/** A redaction policy as it is written, for all, for one tenant or for one feature. */
export const writtenRedaction = z.optional(
  z.strictObject({
    mode: z.optional(z.enum(redactionModes, must(`must be one of ${redactionModes.join(', ')}`))),
    detect: z.optional(z.array(z.enum(kinds, must(`must be kinds of ${kinds.join(', ')}`)))),
    patterns: z.optional(
      z
        .record(
          z.string().check(z.regex(/^[a-z][a-z0-9-]{0,31}$/, name)),
          z.string(pattern).check(z.minLength(1, pattern), z.maxLength(MOST_LENGTH, pattern)),
        )
        .check(z.refine((patterns) => Object.keys(patterns).length <= MOST_PATTERNS, count)),
    ),
  }),
);
