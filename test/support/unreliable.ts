import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Database } from '../../lib/aws/database.ts';

/** What may befall a request to the database. */
export type Fault = 'none' | 'lost' | 'never sent' | 'late' | 'throttled';

/** A database client between which and its database anything may happen. */
export type Unreliable = {
  /** What has happened so far. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** Ends the process that uses the client: nothing more leaves it. What is on its way may arrive or not. */
  readonly crash: () => void;
  /** Resolves when all that was late has arrived. */
  readonly arrived: () => Promise<void>;
};

/** What becomes of a request, and after how many others what is late arrives. */
type Next = () => { readonly fault: Fault; readonly after: number };

/** Makes a client of the SDK unreliable, behind its own repetition. */
export function unreliable(client: DynamoDB, next: Next): Unreliable {
  const { through, ...line } = uncertain(next);
  client.middlewareStack.add((send) => (ask) => through(() => send(ask)), {
    step: 'deserialize',
    priority: 'high',
    name: 'unreliable',
  });
  return line;
}

/** The same of a database that does not repeat by itself. */
export function unreliableDatabase(database: Database, next: Next): Unreliable & { readonly database: Database } {
  const { through, ...line } = uncertain(next);
  return {
    ...line,
    database: {
      batchGetItem: (...asked) => through(() => database.batchGetItem(...asked)),
      batchWriteItem: (...asked) => through(() => database.batchWriteItem(...asked)),
      deleteItem: (...asked) => through(() => database.deleteItem(...asked)),
      getItem: (...asked) => through(() => database.getItem(...asked)),
      putItem: (...asked) => through(() => database.putItem(...asked)),
      query: (...asked) => through(() => database.query(...asked)),
      updateItem: (...asked) => through(() => database.updateItem(...asked)),
    },
  };
}

function uncertain(next: Next) {
  const faults: Record<Fault, number> = { none: 0, lost: 0, 'never sent': 0, late: 0, throttled: 0 };
  const waiting: { after: number; readonly send: () => Promise<unknown> }[] = [];
  const underway = new Set<Promise<unknown>>();
  let dead = false;
  const deliver = (due: typeof waiting) => {
    for (const each of due) {
      const sending = each.send().catch(() => {});
      underway.add(sending);
      sending.finally(() => underway.delete(sending));
    }
  };
  const through = async <Answer>(send: () => Promise<Answer>): Promise<Answer> => {
    if (dead) throw gone();
    for (const each of waiting) each.after--;
    deliver(waiting.filter(({ after }) => after <= 0));
    waiting.splice(0, waiting.length, ...waiting.filter(({ after }) => after > 0));
    const { fault, after } = next();
    faults[fault]++;
    switch (fault) {
      case 'never sent':
        throw timedOut();
      case 'late':
        waiting.push({ after, send });
        throw timedOut();
      case 'throttled':
        throw Object.assign(new Error('Rate exceeded'), {
          name: 'ThrottlingException',
          $metadata: { httpStatusCode: 400 }, // an answer, so that nothing of it is on its way
          $fault: 'client',
          $retryable: { throttling: true },
        });
      case 'lost':
        await Promise.allSettled([send()]);
        throw timedOut();
      case 'none': {
        const answer = await send();
        if (dead) throw gone(); // it was done, and nobody learns of it
        return answer;
      }
    }
  };
  return {
    through,
    faults,
    crash: () => {
      dead = true;
    },
    arrived: async () => {
      deliver(waiting.splice(0));
      await Promise.all(underway);
    },
  };
}

const timedOut = () => Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET' });
/** No repetition helps against it, so that a dead process does not go on trying. */
const gone = () =>
  Object.assign(new Error('The process is gone.'), {
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 403 },
  });
