import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** A setting of the gateway that runs here, as `npm start` finds it: in the shell, else in `.env`. Nothing else of that file is taken: who works on AWS does so as the shell says. */
export function setting(name: 'SLUICE_DATA_DIR' | 'SLUICE_CONFIG'): string | undefined {
  return process.env[name] ?? (existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8'))[name] : undefined);
}
