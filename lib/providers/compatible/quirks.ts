import type { ErrorCode } from '../../errors.ts';
import type { Wire } from '../wire.ts';

/** How a vendor speaks OpenAI's dialect differently. Empty for one that speaks it plainly. */
export type Quirks = {
  /** How a model takes its output limit: under one name only, or under either but not both. Left out, it goes as it came. */
  readonly limit?: (model: string) => 'max_tokens' | 'max_completion_tokens' | 'either';
  /** Takes an assistant's thoughts back as `reasoning`, not as `reasoning_content`. */
  readonly reasoning?: true;
  /** All an assistant's message may hold, where everything else is refused; answers hold more, and clients send them back. */
  readonly assistant?: readonly string[];
  /** Writes `reasoning_details` and reads them again. */
  readonly details?: true;
  /** Has the role `developer`; the others know it as `system`. */
  readonly developer?: true;
  /** Refuses the name of who speaks. */
  readonly nameless?: true;
  /** A tool call's id in the form the vendor takes; the same for the same id. */
  readonly toolId?: (id: string) => string;
  /** Hints that the vendor refuses: left out, and reported. */
  readonly without?: readonly string[];
  /** The vendor's own names of parameters. */
  readonly names?: Readonly<Record<string, string>>;
  /** Counts every stream without being asked, and has no `stream_options`. */
  readonly countsUnasked?: true;
  /** Where a chunk holds its usage besides `usage`. */
  readonly usage?: (chunk: Wire) => unknown;
  /** Its models think without showing it. */
  readonly hidesThinking?: true;
  /** What the vendor means by a status of its own. */
  readonly statuses?: Readonly<Record<number, ErrorCode>>;
};
