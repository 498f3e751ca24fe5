import { readFileSync } from 'node:fs';
import { setting } from './setting.ts';
import { Wrong } from './wrong.ts';

/** The configuration file that is meant: the one named, else that of the gateway here. */
export const configFile = (named: string | undefined): string =>
  named ?? (setting('SLUICE_CONFIG') || 'sluice.config.yaml');

/** The one file named among a command's operands, else that of the gateway here. */
export function onlyFile(operands: readonly string[], command: string): string {
  const [file, ...more] = operands;
  if (more.length > 0) throw new Wrong(`Name one file: sluice config ${command} sluice.config.yaml`);
  return configFile(file);
}

/** What a configuration file says. */
export function textOf(file: string, command: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Wrong(`There is no file ${file}. Name one: sluice config ${command} FILE`);
  }
}
