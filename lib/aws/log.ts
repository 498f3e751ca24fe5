import { Logger, LogLevelThreshold } from '@aws-lambda-powertools/logger';
import type { Log, Told } from '../world.ts';

const service = 'sluice';

/**
 * JSON lines by Powertools, or as it would write them. Nothing is kept between lines, for many calls run at once in the HTTP
 * door. What is told of calls is plain JSON and written here: Powertools merges, sifts and replaces value by value, for there
 * might be errors and cycles among them, and that took a tenth of a call's processor time.
 */
export function powertoolsLog(): Log {
  const logger = new Logger({ serviceName: service });
  const informs = logger.level <= LogLevelThreshold.INFO; // asked once: each time, it looks through the environment
  return {
    info: (message, fields) => {
      if (informs) process.stdout.write(`${lineOf(message, fields)}\n`);
    },
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}

function lineOf(message: string, fields: Told): string {
  const usual = { level: 'INFO', message, timestamp: new Date().toISOString(), service };
  const xray_trace_id = /(?:^|;)\s*Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
  // The second time, for no field may take the place of what every line has.
  return JSON.stringify({ ...usual, xray_trace_id, ...fields, ...usual });
}
