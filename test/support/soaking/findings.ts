import { type Account, accounts, sum } from '../mixed/books.ts';
import { drifted } from './drifted.ts';
import type { Known } from './known.ts';
import { lost, recordless } from './lost.ts';

/** What is lost or astray, a sentence each; nothing where all books agree. */
export function findings(known: Known): readonly string[] {
  return [...twice(known), ...lost(known), ...misbilled(known), ...mistold(known), ...drifted(known)];
}

function twice({ entries }: Known): readonly string[] {
  const each = Map.groupBy(entries, ({ call }) => call.number);
  return [...each].flatMap(([number, of]) => (of.length > 1 ? [`Call ${number} has ${of.length} records.`] : []));
}

/** Records and the providers' tills, to the nano-dollar where these could tell; a call that is lost is charged for enough. */
function misbilled(known: Known): readonly string[] {
  const gone = new Set(recordless(known).map(({ call }) => call.question));
  const wrong: string[] = [];
  let owed = 0;
  for (const account of accounts(known.entries, known.billed)) {
    const due = sum(account.billed) - sum(account.attempts);
    if (due > 0 && gone.has(Number.parseInt(account.of, 10))) owed += due;
    else if (due > 0 || (due < 0 && !estimated(account)))
      wrong.push(
        `Question ${account.of}: ${due} nano-dollars more were billed than are on record (${JSON.stringify(account.billed)}; ${JSON.stringify(account.attempts)}).`,
      );
  }
  const charged = sum(known.abandoned);
  if (owed > charged) wrong.push(`Lost calls cost ${owed} nano-dollars, and ${charged} was charged for them.`);
  return wrong;
}

/** Whether more than was billed may be on record: where the provider did not tell, or was not heard to its end. */
const estimated = ({ attempts, billed }: Account): boolean =>
  attempts.some((attempt) => attempt.estimated) &&
  (billed.some(({ told }) => !told) || attempts.some(({ status }) => status === 'timeout' || status === 'closed'));

/** What callers were told that it costs is what is on record. */
function mistold({ made, entries }: Known): readonly string[] {
  const bills = new Map(entries.map(({ id, nanoDollars }) => [id, nanoDollars]));
  return made.flatMap(({ call, id = '', told, replayed }) => {
    const bill = bills.get(id);
    const wrong = bill !== undefined && !replayed && told.some((cost) => cost !== bill);
    return wrong ? [`Call ${call.number} was told ${told}, and ${bill} is on record.`] : [];
  });
}
