import { describe, expect, test } from 'vitest';
import {
  auditKeptDaysAsked,
  callIndexesAsked,
  capturesKeptDaysAsked,
  capturesWanted,
  gradualWanted,
  semanticCacheWanted,
  spendPerHourAsked,
  stageNamed,
  tracesWanted,
  webFunctionWanted,
} from '../../infra/stages.ts';
import { tablesKeyAsked } from '../../infra/tables-key.ts';

test("tables are encrypted with DynamoDB's key unless somebody says otherwise", () => {
  expect([undefined, 'aws-managed', 'customer'].map(tablesKeyAsked)).toEqual(['aws-owned', 'aws-managed', 'customer']);
  for (const slip of ['kms', '', true, null])
    expect(() => tablesKeyAsked(slip)).toThrow(/tablesKey is aws-owned, aws-managed, customer; not/);
});

describe('stages', () => {
  test('the stacks keep their names', () => {
    expect(stageNamed()).toEqual({
      name: 'sluice',
      stateStack: 'sluice-state',
      gatewayStack: 'sluice-gateway',
      webStack: 'sluice-web',
      semanticCacheStack: 'sluice-semantic-cache',
      vectorsCollection: 'sluice-vectors',
      capturesStack: 'sluice-captures',
      metricsNamespace: 'Sluice',
      ownSecrets: 'sluice/',
    });
  });

  test('a stage prefixes the names of its stacks', () => {
    expect(stageNamed('trial')).toEqual({
      name: 'trial',
      stateStack: 'trial-state',
      gatewayStack: 'trial-gateway',
      webStack: 'trial-web',
      semanticCacheStack: 'trial-semantic-cache',
      vectorsCollection: 'trial-vectors',
      capturesStack: 'trial-captures',
      metricsNamespace: 'Sluice-trial',
      ownSecrets: 'sluice-trial/',
    });
  });

  test('two stages never share a collection, whose name has little room', () => {
    const long = 'a-stage-with-a-very-long-name-that-goes-on';
    const names = ['trial', 'Trial', 'TRIAL', `${long}-1`, `${long}-2`, 'A', 'a'].map(
      (name) => stageNamed(name).vectorsCollection,
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{2,27}$/);
  });

  test.each(['', '1st', 'a b', 'a_b', 7])('%j is refused as the name of a stage', (name) => {
    expect(() => stageNamed(name)).toThrow(/A stage is named with letters/);
  });
});

test('the semantic cache is there when it is asked for, and a slip is no answer', () => {
  expect([undefined, false, 'false', true, 'true'].map(semanticCacheWanted)).toEqual([false, false, false, true, true]);
  for (const slip of ['yes', '', 1, null])
    expect(() => semanticCacheWanted(slip)).toThrow(/semanticCache is true or false/);
});

test('a gateway for many streams at once is there when it is asked for', () => {
  expect([undefined, 'false', 'true'].map(webFunctionWanted)).toEqual([false, false, true]);
  expect(() => webFunctionWanted('yes')).toThrow(/webFunction is true or false/);
});

test('prompts and answers are kept where that is asked for, for as many days as is asked, and a slip is no answer', () => {
  expect([undefined, false, 'false', true, 'true'].map(capturesWanted)).toEqual([false, false, false, true, true]);
  for (const slip of ['yes', '', 1, null]) expect(() => capturesWanted(slip)).toThrow(/captures is true or false/);
  expect([undefined, '7', 90].map(capturesKeptDaysAsked)).toEqual([undefined, 7, 90]);
  for (const slip of ['0', '', 'ever', -1, 1.5, null])
    expect(() => capturesKeptDaysAsked(slip)).toThrow(/capturesKeptDays is a whole number of days/);
});

test('calls are traced unless somebody says otherwise', () => {
  expect([undefined, true, 'true', false, 'false'].map(tracesWanted)).toEqual([true, true, true, false, false]);
  expect(() => tracesWanted('no')).toThrow(/traces is true or false/);
});

test('a new version is tried by a tenth of all calls first, unless somebody says otherwise', () => {
  expect([undefined, true, 'true', false, 'false'].map(gradualWanted)).toEqual([true, true, true, false, false]);
  expect(() => gradualWanted('canary')).toThrow(/gradual is true or false/);
});

test('from which spending on somebody is told is a number of dollars, or left to the house', () => {
  expect([undefined, '2.5', 40].map(spendPerHourAsked)).toEqual([undefined, 2.5, 40]);
  for (const slip of ['', 'ten', 0, -1, null, 'Infinity', true])
    expect(() => spendPerHourAsked(slip)).toThrow(/spendPerHourUsd is a number of dollars/);
});

test('a table of calls gets all its indexes, or the first when one is asked for', () => {
  expect([undefined, '1', 1].map(callIndexesAsked)).toEqual([undefined, 1, 1]);
  for (const slip of ['', '0', 2, null, true]) expect(() => callIndexesAsked(slip)).toThrow(/callIndexes is 1/);
});

test('the audit log is kept for ever, or for a number of days', () => {
  expect([undefined, '400', 400].map(auditKeptDaysAsked)).toEqual([undefined, 400, 400]);
  for (const slip of ['', '0', -1, 1.5, '7d', null, true])
    expect(() => auditKeptDaysAsked(slip)).toThrow(/auditKeptDays is a whole number of days/);
});
