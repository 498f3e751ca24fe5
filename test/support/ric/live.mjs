import v8 from 'node:v8';
import vm from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// Asked by a signal, tells what is live of the heap: what is merely not collected yet says nothing of a leak.
if (isMainThread) {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    process.stderr.write(`live: ${process.memoryUsage().heapUsed}\n`);
  });
}
