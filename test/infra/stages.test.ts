import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../infra/stages.ts';

describe('stages', () => {
  test('the stacks keep their names', () => {
    expect(stageNamed()).toEqual({ name: 'sluice', stateStack: 'sluice-state', gatewayStack: 'sluice-gateway' });
  });

  test('a stage prefixes the names of its stacks', () => {
    expect(stageNamed('trial')).toEqual({ name: 'trial', stateStack: 'trial-state', gatewayStack: 'trial-gateway' });
  });

  test.each(['', '1st', 'a b', 'a_b', 7])('%j is refused as the name of a stage', (name) => {
    expect(() => stageNamed(name)).toThrow(/A stage is named with letters/);
  });
});
