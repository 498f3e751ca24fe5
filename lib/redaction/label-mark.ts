import { createHash } from 'node:crypto';

/** What stands on record for a value in a label of a call: for one tenant always the same, so that its user is still one and the same. */
export const labelMark = (tenant: string, { kind, text }: { readonly kind: string; readonly text: string }): string =>
  `[${kind.toUpperCase()}-${markOf(tenant, text)}]`;

/** Whether a label that is on record was given as this: as it stands, or with marks in the place of values in it. */
export function standsFor(recorded: string, label: string, tenant: string): boolean {
  if (recorded === label) return true;
  const [first = '', ...rest] = recorded.split(MARK);
  if (!label.startsWith(first)) return false;
  // A text before the first mark, then each mark and the text after it: where in the label that may have come to.
  let ends = new Set([first.length]);
  for (let at = 0; at < rest.length; at += 2) {
    const [mark = '', between = ''] = rest.slice(at);
    const next = new Set<number>();
    for (const start of ends)
      for (let end = start + 1; end <= label.length; end++)
        if (label.startsWith(between, end) && markOf(tenant, label.slice(start, end)) === mark)
          next.add(end + between.length);
    ends = next;
  }
  return ends.has(label.length);
}

const MARK = /\[[^[\]]+-([0-9a-f]{12})\]/;

const markOf = (tenant: string, value: string): string => tenantHash(tenant, value).slice(0, 12);

/** A SHA-256 (hex) that is another for each tenant. */
export const tenantHash = (tenant: string, text: string): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant, text]))
    .digest('hex');
