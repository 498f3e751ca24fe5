import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { logsKeptAsked, memoryAsked } from '../../infra/function-asked.ts';
import { synthesized } from './synthesized.ts';

const { gateway } = synthesized({ memoryMb: memoryAsked('1024'), logsKept: logsKeptAsked('365') });

describe("the gateway's function", () => {
  test('has as much memory as somebody asks for, and no other function has', () => {
    gateway.resourcePropertiesCountIs('AWS::Lambda::Function', { MemorySize: 1_024 }, 1);
    gateway.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 1_024,
      Timeout: 900,
      Handler: 'index.handler',
    });
    expect([128, '10240', undefined].map(memoryAsked)).toEqual([128, 10_240, undefined]);
    for (const slip of ['64', '10241', '1e3', '512MB', '', null, true])
      expect(() => memoryAsked(slip)).toThrow(/memory is a whole number of MB from 128 to 10240; not/);
  });

  test('has the lines of its calls kept for as long as somebody asks for, of what CloudWatch has', () => {
    const logs = Object.entries(gateway.findResources('AWS::Logs::LogGroup', Match.anyValue()));
    const kept = logs.filter(([, { Properties }]) => Properties.RetentionInDays === 365).map(([id]) => id);
    expect(kept).toEqual(['FrontDoorLogs38CDE1C0']);
    expect([1, '3653', undefined].map(logsKeptAsked)).toEqual([1, 3_653, undefined]);
    for (const slip of ['2', 'ONE_YEAR', '9999', '', '1.0', null])
      expect(() => logsKeptAsked(slip)).toThrow(/logsKeptDays is one of 1, 3, 5, 7, 14, 30,.* 3653; not/);
  });
});
