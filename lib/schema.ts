import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// Imported for its effect: the small build of zod says "Invalid input" to everything until it is given a language.
// Each schema imports zod itself, as a namespace: re-exported from here, all of it would land in the bundle.
config(en());
