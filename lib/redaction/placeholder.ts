/** What stands for a value: `[EMAIL_1_k3f9]`. The nonce is the call's own, so that no text can hold one by chance. */
export const placeholder = (kind: string, number: number, nonce: string): string =>
  `[${labelOf(kind)}_${number}_${nonce}]`;

/** What takes a value's place for good. */
export const mask = (kind: string): string => `[${labelOf(kind)}]`;

const labelOf = (kind: string): string => kind.toUpperCase();

/**
 * A call's placeholders as models write them: in either case, with the lines below escaped as Markdown does, or all of it.
 * With the quotes around, as they are escaped in JSON within JSON. A backslash right before a placeholder that is exact is not part of it:
 * the text may have had it there. With spaces inside, without its brackets or cut in two, it is not known again.
 */
export const placeholders = (nonce: string): RegExp => {
  const inner = `([A-Z0-9-]{1,40})\\\\{0,2}_(\\d{1,7})\\\\{0,2}_${nonce}`;
  return new RegExp(`(\\\\{0,15}"|)(?:\\\\{1,2}\\[${inner}\\\\{1,2}\\]|\\[${inner}\\])(\\\\{0,15}"|)`, 'gi');
};
