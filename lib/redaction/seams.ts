import { isObject, type Json } from '../openai/json.ts';
import type { Finding } from './finding.ts';
import type { Walk } from './walk.ts';

/** No value that is looked for is longer, but for keys, whose beginning alone tells what they are. */
const REACH = 256;

/**
 * Refuses parts of a message of which one begins a value that the next goes on with: providers read them as one text, and
 * in neither could it be found. What a part holds by itself is taken out of it, whatever comes next.
 */
export function checkSeams(parts: readonly Json[], { scan, refuse }: Walk): void {
  const texts = parts.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : undefined));
  texts.forEach((text, at) => {
    const next = texts[at + 1];
    if (text === undefined || next === undefined) return;
    const [end, beginning] = [text.slice(-REACH), next.slice(0, REACH)];
    const seam = end.length;
    const across = scan(end + beginning).filter((finding) => finding.start < seam && finding.end > seam);
    if (across.length === 0) return;
    const alone = [...scan(end), ...scan(beginning).map((finding) => moved(finding, seam))];
    const unseen = across.filter((finding) => !alone.some((other) => overlap(finding, other)));
    if (unseen.length > 0) refuse(unseen.map(({ kind }) => kind));
  });
}

const moved = ({ kind, start, end }: Finding, by: number): Finding => ({ kind, start: start + by, end: end + by });

const overlap = (one: Finding, other: Finding): boolean => one.start < other.end && other.start < one.end;
