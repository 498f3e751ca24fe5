import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { bundling } from '../../esbuild.config.ts';
import { startVectors } from '../../lib/local/vectors/start.ts';
import { root, scratch } from '../support/gateway.ts';
import { NOON, patient, placedOf, soughtOf } from '../support/vectors.ts';

const { folder, remove } = scratch();
afterAll(remove);

test('bundled as it is deployed, the client and its signature are found where they are loaded from', async () => {
  const entryPoints = { index: join(root, 'lib/aws/vectors.ts') };
  await build({ ...bundling, absWorkingDir: root, entryPoints, outdir: folder, logLevel: 'warning' });
  await stop();
  const place = await startVectors({ dataDir: `${folder}/data` });
  const { openSearchVectors }: typeof import('../../lib/aws/vectors.ts') = await import(
    pathToFileURL(join(folder, 'index.mjs')).href
  );
  const vectors = openSearchVectors({
    endpoint: async () => place.endpoint,
    now: () => NOON,
    signing: {
      region: async () => 'eu-west-1',
      credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
    },
  });
  await vectors.add(placedOf('kept'));
  expect((await vectors.nearest(soughtOf(), patient()))[0]?.key).toBe('kept');
  await place.close();
});
