import { afterAll, beforeAll, expect, inject } from 'vitest';
import { scratch } from '../support/gateway.ts';
import { type Said, sluice } from '../support/sluice.ts';
import { startTables, type Tables } from '../support/tables.ts';

/** An operator at the terminal of a local gateway's tables, which start and end with the test file. */
export function operator() {
  const { folder, remove } = scratch();
  const dataDir = `${folder}/data`;
  let tables: Tables | undefined;
  beforeAll(async () => {
    tables = await startTables(dataDir);
  });
  afterAll(async () => {
    await tables?.stop();
    remove();
  });
  const says = (...words: string[]): Promise<Said> => sluice(['--local', ...words], dataDir, inject('bundledSluice'));
  return {
    tables: (): Tables => {
      if (tables === undefined) throw new Error('The tables are not there yet.');
      return tables;
    },
    dataDir,
    says,
    /** What a command that must succeed answers in JSON, on one line. */
    json: async (...words: string[]) => {
      const { code, stdout, stderr } = await says(...words, '--json');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.trimEnd()).not.toContain('\n');
      return JSON.parse(stdout);
    },
    /** What a command that must fail says on stderr. */
    refused: async (...words: string[]): Promise<string> => {
      const { code, stdout, stderr } = await says(...words);
      expect([code, stdout]).toEqual([1, '']);
      return stderr;
    },
  };
}
