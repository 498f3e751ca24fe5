import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../world.ts';

/** JSON lines through Powertools. Nothing is kept between lines, for many calls run at once in the HTTP door. */
export function powertoolsLog(): Log {
  const logger = new Logger({ serviceName: 'sluice' });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
