import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { typed } from './terminal.ts';

const { folder, remove } = scratch();
let tables: Tables;
beforeAll(async () => {
  tables = await startTables(`${folder}/kept-elsewhere`);
  writeFileSync(`${folder}/own.yaml`, 'defaults: { budgets: { day: 7 } }');
  writeFileSync(`${folder}/.env`, 'SLUICE_DATA_DIR=kept-elsewhere\nSLUICE_CONFIG=own.yaml\nAWS_REGION=of-the-models\n');
  mkdirSync(`${folder}/empty`);
});
afterAll(async () => {
  await tables?.stop();
  remove();
});

describe.concurrent('the .env that npm start reads', () => {
  test('tells a command where the local gateway keeps its data, and which configuration it has', async () => {
    const doctor = await typed(['doctor', '--local', '--json'], folder);
    expect([doctor.code, doctor.stderr]).toEqual([0, '']);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ defaultBudgets: { day: 7 }, tenantsWithoutCap: ['demo'] });
    expect((await typed(['config', 'check'], folder)).stdout).toContain('own.yaml is right');
  });

  test('does not overrule the shell', async () => {
    const { stderr } = await typed(['keys', 'list', '--local'], folder, { SLUICE_DATA_DIR: 'of-the-shell' });
    expect(stderr).toContain('No gateway runs here on of-the-shell');
    const checked = await typed(['config', 'check'], folder, { SLUICE_CONFIG: 'none.yaml' });
    expect(checked.stderr).toContain('There is no file none.yaml');
  });

  test('is not needed, and says nothing about AWS', async () => {
    const { stderr } = await typed(['keys', 'list', '--local'], `${folder}/empty`);
    expect(stderr).toContain('No gateway runs here on .sluice');
    const away = await typed(['keys', 'list'], folder);
    expect(away.stderr).toContain('Region is missing');
  });
});
