// Lambda's runtime looks for .js, .mjs and .cjs only.
export { handler } from './scripted.ts';
