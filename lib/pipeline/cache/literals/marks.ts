import { asked } from './asked.ts';
import { negations } from './negations.ts';
import { opposites } from './opposites.ts';
import { oppositesElsewhere } from './opposites-elsewhere.ts';
import { roles } from './roles.ts';

/** Words, and some pairs of words, that make another question of the same sentence, each with what it stands for. */
export const marks: ReadonlyMap<string, string> = new Map([
  ...oppositesElsewhere,
  ...roles,
  ...opposites,
  ...asked,
  ...negations,
]);
