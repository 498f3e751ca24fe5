import { accessAdmin } from '../aws/access-admin.ts';
import { auditLog } from '../aws/audit-log.ts';
import { watchAccess } from '../aws/audit-watch.ts';
import { configStore } from '../aws/config-store.ts';
import { createTables } from '../aws/create-tables.ts';
import { dynamodb } from '../aws/dynamodb.ts';
import { stampsOf } from '../aws/stamp.ts';
import { auditTable, localTableNames } from '../aws/tables.ts';
import type { Answer, Question } from './opening.ts';
import { seed } from './seed.ts';
import { localUser } from './user.ts';

/** Answers the gateway that started this process, until it needs nothing more, or is gone. */
export function answerGateway(): void {
  let house: ReturnType<typeof at> | undefined;
  const done = async (question: Question): Promise<unknown> => {
    if (question.does === 'makeTables') {
      house = at(question.endpoint);
      return house.makeTables();
    }
    if (house === undefined) throw new Error('There are no tables yet.');
    switch (question.does) {
      case 'adopt':
        return house.store.adopt(question.content, question.origin);
      case 'inForce':
        return house.store.inForce();
      case 'seed':
        return seed(house.admin, question.demoKey);
    }
  };
  const answerTo = (question: Question): Promise<Answer> =>
    done(question).then(
      (given) => ({ given }),
      (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
    );
  process.on('message', async (question: Question) => process.send?.(await answerTo(question), () => {}));
  process.once('disconnect', () => process.exit());
}

/** What an operator has of the tables there, all changes logged. */
function at(endpoint: string) {
  const client = dynamodb({ endpoint, tryMs: 10_000, tries: 3 });
  watchAccess(client, localTableNames.access, auditLog(client, auditTable.localName));
  const stamping = stampsOf(async () => ({ by: localUser(), reason: 'the gateway here was started' }));
  return {
    makeTables: () => createTables(client),
    store: configStore(client, localTableNames, Date.now, stamping),
    admin: accessAdmin(client, localTableNames, Date.now, stamping),
  };
}
