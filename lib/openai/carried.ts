import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseJson } from '../json-text.ts';
import type { Thought } from './thoughts.ts';

/** A tool call's own id, and the thoughts that came before the call. */
export type Carried = { readonly id: string; readonly thoughts: readonly Thought[] };

/** Stands in no provider's ids, not even in those that hold a `~`. */
const SEAM = '~th1-';
/** An honest id unfolds to less than ten times its packed length. */
const MOST_TIMES = 16;
const MOST_BYTES = 256 * 1024;
/** What all the ids of a request may unfold to. */
const BUDGET_BYTES = 4 * 1024 * 1024;

/**
 * A tool call's id with the thoughts before it folded in. Most clients send back of an assistant's turn only its text
 * and its calls, and a model that must see its signed thoughts again would refuse the next turn. The id is the one
 * field every client returns unchanged; nothing has to be stored, and nothing can be lost or seen by another tenant.
 */
export function carrying({ id, thoughts }: Carried): string {
  if (thoughts.length === 0) return id;
  const written = thoughts.map(({ writer, text, signature, redacted }) => [writer, text, signature, redacted]);
  return `${id}${SEAM}${deflateRawSync(JSON.stringify(written)).toString('base64url')}`;
}

/** A tool call's own id, cut at the seam where `carrying` made one; an id of another make stays whole. */
export function plainId(text: string): string {
  const seam = seamIn(text);
  return seam < 0 ? text : text.slice(0, seam);
}

/**
 * Makes the reverse of `carrying` for one request. An id that was tampered with, or that unfolds to more than an honest
 * one, is an id without thoughts; so is every id once the request has unfolded its budget.
 */
export function unfolding(budgetBytes = BUDGET_BYTES): (text: string) => Carried {
  let leftBytes = budgetBytes;
  return (text) => {
    const seam = seamIn(text);
    if (seam < 0) return { id: text, thoughts: [] };
    const id = text.slice(0, seam);
    const packed = Buffer.from(text.slice(seam + SEAM.length), 'base64url');
    const most = Math.min(packed.length * MOST_TIMES, MOST_BYTES, leftBytes);
    if (most <= 0) return { id, thoughts: [] };
    const json = unfolded(packed, most);
    leftBytes -= json?.length ?? most; // a bomb costs what was unfolded of it
    return { id, thoughts: json === undefined ? [] : toThoughts(json) };
  };
}

/** Where the thoughts begin: base64url knows no `~`, so the last seam is ours. */
function seamIn(text: string): number {
  const seam = text.lastIndexOf(SEAM);
  return seam >= 0 && /^[\w-]+$/.test(text.slice(seam + SEAM.length)) ? seam : -1;
}

function unfolded(packed: Buffer, maxOutputLength: number): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength });
  } catch {
    return undefined;
  }
}

function toThoughts(json: Buffer): readonly Thought[] {
  try {
    const written: unknown = parseJson(json.toString());
    return Array.isArray(written) ? written.flatMap(toThought) : [];
  } catch {
    return [];
  }
}

function toThought(written: unknown): readonly Thought[] {
  if (!Array.isArray(written) || typeof written[0] !== 'string') return [];
  const [writer, text, signature, redacted] = written.map((each: unknown) =>
    typeof each === 'string' ? each : undefined,
  );
  if (writer === undefined) return [];
  return [
    {
      writer,
      ...(text !== undefined && { text }),
      ...(signature !== undefined && { signature }),
      ...(redacted !== undefined && { redacted }),
    },
  ];
}
