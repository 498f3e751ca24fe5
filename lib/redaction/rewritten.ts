import type { Finding } from './finding.ts';
import { rewrittenJson } from './rewritten-json.ts';
import type { Scanner } from './scanner.ts';

/** A value that was found, as its writer meant it: without the escapes of the JSON it stood in. */
export type Value = {
  readonly kind: string;
  readonly text: string;
  /** True where it stood in JSON as a number, and what takes its place must be a string. */
  readonly number: boolean;
};

/** What takes the place of a value: of signs that need no escape in JSON. */
export type Replace = (value: Value) => string;

/**
 * A text with something else in the place of each finding. JSON stays JSON, also JSON in the strings of JSON; there a
 * number becomes a string, and what spans several strings is replaced in each.
 */
export function rewritten(text: string, scan: Scanner, replace: Replace): string {
  const findings = scan(text);
  const json = rewrittenJson(text, findings, replace, (inner) => rewritten(inner, scan, replace));
  return (
    json ??
    replaced(text, findings, ({ kind, start, end }) => replace({ kind, text: text.slice(start, end), number: false }))
  );
}

/** A text with other words in the place of some that do not overlap. */
export function replaced(text: string, findings: readonly Finding[], instead: (finding: Finding) => string): string {
  if (findings.length === 0) return text;
  const pieces: string[] = [];
  let read = 0;
  for (const finding of findings) {
    pieces.push(text.slice(read, finding.start), instead(finding));
    read = finding.end;
  }
  pieces.push(text.slice(read));
  return pieces.join('');
}
