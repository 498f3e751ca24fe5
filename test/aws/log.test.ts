import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { powertoolsLog } from '../../lib/aws/log.ts';
import { recordOf } from '../support/records.ts';

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => printed.push(String(line)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const parsed = () =>
  printed.map((line) => {
    const { timestamp, ...fields } = JSON.parse(line);
    expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000);
    return fields;
  });

describe('a line of the log', () => {
  test.each([undefined, 'Root=1-5f0c-7a;Parent=5399;Sampled=1', 'Self=1-5f0d;Root=1-5f0c-7a', 'XRoot=1-5f0c'])(
    'is the one Powertools would print of the same (trace %s)',
    (trace) => {
      vi.stubEnv('_X_AMZN_TRACE_ID', trace);
      const record = { ...recordOf(), user: undefined, metadata: { café: '"\n' } };
      new Logger({ serviceName: 'sluice' }).info('call', record);
      powertoolsLog().info('call', record);
      const [{ sampling_rate, ...theirs }, ours, ...more] = parsed();
      expect(more).toEqual([]);
      expect(sampling_rate).toBe(0); // of lines below the level: none is printed, and none needs to say so
      expect(ours).toEqual(theirs);
      expect(printed[1]).toMatch(/^{"level":"INFO","message":"call","timestamp":"[^"]+Z","service":"sluice",/);
      expect(printed[1]?.split('\n')).toEqual([expect.any(String), '']); // one line, ended
    },
  );

  test('loses nothing of what a caller has named after a part of JavaScript', () => {
    const metadata = { constructor: 'a', prototype: 'b' }; // both of which Powertools leaves out
    powertoolsLog().info('call', { ...recordOf(), metadata });
    expect(parsed()[0].metadata).toEqual(metadata);
  });

  test('is never taken for another kind by what it tells of', () => {
    const shadowing = { message: 'another', level: 'DEBUG', service: 'theirs', timestamp: '2001-01-01', id: 'req_1' };
    powertoolsLog().info('call', shadowing);
    expect(parsed()).toEqual([{ level: 'INFO', message: 'call', service: 'sluice', id: 'req_1' }]);
  });

  test('is printed only where the level asks for it', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'ERROR');
    powertoolsLog().info('call', recordOf());
    expect(printed).toEqual([]);
  });
});
