import type { Call } from '../mixed/calls.ts';
import type { Known } from './known.ts';
import type { Made } from './traffic.ts';

/** By then all of a call is written down, unless its gateway is killed. */
const WRITTEN_MS = 10_000;
/** No call takes longer. */
const LONGEST_MS = 30_000;

/** What calls are lost: those that were let in and left nothing, unless they were charged when their gateway was killed. */
export function lost(known: Known): readonly string[] {
  const { abandoned, kills } = known;
  const gone = unwritten(known);
  const unexplained = gone.filter(({ from, to }) => !kills.some((at) => from <= at && at <= to + WRITTEN_MS));
  const strange = abandoned.filter(({ at }) => !kills.some((killed) => at <= killed && killed <= at + LONGEST_MS));
  const ids = new Set(abandoned.map(({ id }) => id));
  const left = countsOf(abandoned.map(({ scopes }) => scopes.join(' ')));
  const uncharged = gone.filter(({ call, id }) => {
    if (id !== undefined) return !ids.has(id);
    const scopes = scopesOf(call).join(' ');
    left.set(scopes, (left.get(scopes) ?? 0) - 1);
    return (left.get(scopes) ?? 0) < 0;
  });
  return [
    ...unexplained.map(({ call }) => `Call ${call.number} is lost, and nobody was killed.`),
    ...uncharged.map(({ call }) => `Call ${call.number} is lost, and was not charged.`),
    ...strange.map(({ id }) => `Call ${id} was charged as abandoned, and nobody was killed.`),
  ];
}

/** Calls that were let in, as far as anybody knows, and have no record with their name on it. */
function unwritten(books: Known): readonly Made[] {
  const asked = new Set(books.billed.map(({ question }) => question));
  const recorded = new Set(books.entries.map(({ call }) => call.question));
  const gone = recordless(books).filter(
    ({ call, admitted }) => admitted || (asked.has(call.question) && !recorded.has(call.question)),
  );
  // Of those that asked the same of one gateway, one at least was let in; the others may have waited for its answer, or at
  // the door.
  const gateway = ({ from }: Made) => books.kills.filter((at) => at < from).length;
  const asks = (made: Made) => `${made.call.question} of ${gateway(made)}`;
  const known = [...gone.toReversed(), ...gone.filter(({ admitted }) => admitted)];
  const first = new Map(known.map((each) => [asks(each), each]));
  return gone.filter((each) => each.admitted || first.get(asks(each)) === each);
}

/** Calls without a record that may have been let in. */
export function recordless({ made, entries }: Known): readonly Made[] {
  const written = new Set(entries.map(({ call }) => call.number));
  return made.filter(
    ({ call, admitted, replayed, cut }) => !written.has(call.number) && !replayed && (admitted || cut),
  );
}

const countsOf = (names: readonly string[]): Map<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

function scopesOf({ member, headers }: Call): readonly string[] {
  const { tenant, keyId } = member;
  const { 'x-sluice-user': user, 'x-sluice-feature': feature } = headers;
  const named = [user && `user#${tenant}#${user}`, feature && `feature#${tenant}#${feature}`];
  return [`tenant#${tenant}`, `key#${keyId}`, ...named.flatMap((name) => name || [])];
}
