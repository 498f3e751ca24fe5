import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Thought } from './thoughts.ts';

/** A tool call's own id, and the thoughts that came before the call. */
export type Carried = { readonly id: string; readonly thoughts: readonly Thought[] };

/** Stands in no provider's ids. */
const SEAM = '~';
/** What an id may unfold to; an honest one stays far below. */
const MOST_BYTES = 1024 * 1024;

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

/** The reverse of `carrying`. An id of another make, or one that was tampered with, is an id without thoughts. */
export function carriedIn(text: string): Carried {
  const seam = text.indexOf(SEAM);
  if (seam < 0) return { id: text, thoughts: [] };
  const id = text.slice(0, seam);
  let written: unknown;
  try {
    written = JSON.parse(
      inflateRawSync(Buffer.from(text.slice(seam + 1), 'base64url'), { maxOutputLength: MOST_BYTES }).toString(),
    );
  } catch {
    return { id: text, thoughts: [] };
  }
  return { id, thoughts: Array.isArray(written) ? written.flatMap(toThought) : [] };
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
