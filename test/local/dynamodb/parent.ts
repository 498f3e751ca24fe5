// A gateway reduced to its database: `node parent.ts DIR`, to be killed.
import { fileURLToPath } from 'node:url';
import { startDatabase } from '../../../lib/local/dynamodb/start.ts';

const program = fileURLToPath(new URL('../../../lib/local/dynamodb/main.ts', import.meta.url));
const { endpoint } = await startDatabase({ dataDir: String(process.argv[2]), program });
process.stdout.write(`${endpoint}\n`);
