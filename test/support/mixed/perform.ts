import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from './outcome.ts';
import type { Counts } from './tariff.ts';
import { type Meant, soFar, type Tongue } from './tongue.ts';

/** What a provider asks money for when a request is over, and whether the gateway was told all of it. */
export type Due = { readonly counts: Counts; readonly told: boolean };

/** What a provider and the caller at the other end of the house agree on. */
export type Stage = {
  /** The words are on their way after which the provider waits. */
  readonly waits: () => void;
  /** Resolves when the caller is gone. */
  readonly left: Promise<void>;
};

/** The words said before whatever happens in the middle of an answer. */
export const SPOKEN = 3;

const nothing: Counts = { fresh: 0, cached: 0, kept: 0, keptLong: 0, said: 0, thought: 0 };
const free: Due = { counts: nothing, told: true };

/** Does to one request what its lot says, and gives what is due for it. */
export async function perform(
  outcome: Outcome,
  tongue: Tongue,
  intended: Meant,
  response: ServerResponse,
  { waits, left }: Stage,
): Promise<Due> {
  const meant = { ...intended, counted: outcome !== 'counts nothing' };
  const { opening, finish, ending, malformed, failing, refusal, type } = tongue;
  const some = Math.min(SPOKEN, meant.words.length);
  const words = (from: number, to?: number) =>
    meant.words
      .slice(from, to)
      .map((word, at) => tongue.word(word, meant, from + at + 1))
      .join('');
  const begun = () => opening(meant) + words(0, some);
  const all = () => opening(meant) + words(0) + finish(meant);
  const write = async (text: string) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': type });
    await new Promise<void>((resolve) => void response.write(text, () => resolve()));
  };
  const end = async (text: string) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': type });
    response.end(text);
  };
  const partly: Due = { counts: soFar(meant, some), told: tongue.countsAlong === true && some > 0 };
  const read: Due = { counts: { ...soFar(meant, 0), thought: 0 }, told: false };
  const full: Due = { counts: meant.counts, told: meant.counted };

  switch (outcome) {
    case 'begins late':
      await pause(25);
      await end(all() + ending);
      return full;
    case 'answers':
    case 'thinks and says nothing':
    case 'counts nothing':
      await end(all() + ending);
      return full;
    case 'is cut':
      await write(begun());
      response.destroy();
      return partly;
    case 'is cut when it has counted':
      await write(all());
      response.destroy();
      return { ...full, told: !tongue.whole };
    case 'says what cannot be read':
      await end(begun() + malformed);
      return partly;
    case 'begins with what cannot be read':
      await end(malformed);
      return tongue.whole ? free : read;
    case 'fails in its answer':
      await end(begun() + failing);
      return partly;
    case 'begins with an error':
      await end(failing);
      return free;
    case 'gives an empty body':
      await end('');
      return free;
    case 'resets':
      response.socket?.resetAndDestroy();
      return free;
    case 'says 400':
    case 'says 429':
    case 'says 500':
    case 'says 503': {
      const status = Number(outcome.slice('says '.length));
      response.writeHead(status, { 'content-type': 'application/json' }).end(refusal(status));
      return free;
    }
    case 'keeps silent':
      waits();
      if (!response.closed) await once(response, 'close');
      return read;
    case 'stops in its answer':
      await write(begun());
      waits();
      if (!response.closed) await once(response, 'close');
      return partly;
    case 'waits for its reader to leave':
      await write(begun());
      waits();
      await left;
      if (response.closed) return partly; // the gateway did not wait for so long
      await end(words(some) + finish(meant) + ending);
      return full;
  }
}
