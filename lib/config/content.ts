import { parse } from 'yaml';

/** A configuration, as it was written, with its content as JSON. */
export type Content = { readonly text: string; readonly json: string };

/** A text that was read as a configuration, and its content as JSON: gateways read only that, and need no YAML. */
export const toContent = (text: string): Content => ({ text, json: JSON.stringify(parse(text) ?? {}) });
