import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle, bundled, type Entry } from '../esbuild.config.ts';
import { CapturesStack } from './captures-stack.ts';
import { contextOf } from './context.ts';
import { configFile, deployedConfig } from './deployed-config.ts';
import { doorsAsked } from './doors-asked.ts';
import { logsKeptAsked, memoryAsked } from './function-asked.ts';
import { GatewayStack } from './gateway-stack.ts';
import { SemanticCacheStack } from './semantic-cache-stack.ts';
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
} from './stages.ts';
import { StateStack } from './state-stack.ts';
import { tablesKeyAsked } from './tables-key.ts';
import { guarded } from './ways-past.ts';
import { WebStack } from './web-stack.ts';

/** What the gateway reads: the configuration's content. */
const CONFIG_NAME = 'sluice.config.json';
/** What becomes a version: its content, and how it was written. */
const CONTENT_NAME = 'content.json';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app)); // a finding that nobody explained fails the synthesis
const { asked, refuseOthers } = contextOf(app);
const root = fileURLToPath(new URL('..', import.meta.url));
const stage = stageNamed(asked('stage'));
const { content, secretNames, callsBedrock, defaultBudgets } = deployedConfig(configFile(root, asked('config')));

const waysIn = doorsAsked(asked);
const webWanted = webFunctionWanted(asked('webFunction'));
const doors: readonly Entry[] = webWanted ? ['gateway', 'gateway-web'] : ['gateway'];
await bundle(...doors, 'sweep', 'adopt-config', 'audit'); // takes away what is not of the bundle, yesterday's config too
for (const door of doors) await writeFile(join(bundled(door), CONFIG_NAME), content.json);
await writeFile(join(bundled('adopt-config'), CONTENT_NAME), JSON.stringify(content));

const { tables, audit, alerts } = new StateStack(app, stage.stateStack, {
  auditCode: Code.fromAsset(bundled('audit')),
  auditKeptDays: auditKeptDaysAsked(asked('auditKeptDays')),
  tablesKey: tablesKeyAsked(asked('tablesKey')),
  callIndexes: callIndexesAsked(asked('callIndexes')),
});
const vectors = semanticCacheWanted(asked('semanticCache'))
  ? new SemanticCacheStack(app, stage.semanticCacheStack, { collectionName: stage.vectorsCollection }).collection
  : undefined;
const keptDays = capturesKeptDaysAsked(asked('capturesKeptDays')); // a slip is told though there are none
const captures = capturesWanted(asked('captures'))
  ? new CapturesStack(app, stage.capturesStack, { keptDays })
  : undefined;
const needs = {
  tables,
  alerts,
  vectors,
  captures,
  configName: CONFIG_NAME,
  secretNames,
  callsBedrock,
  logsKept: logsKeptAsked(asked('logsKeptDays')),
  metricsNamespace: stage.metricsNamespace,
  ownSecrets: stage.ownSecrets,
};
new GatewayStack(app, stage.gatewayStack, {
  ...needs,
  audit,
  sweepCode: Code.fromAsset(bundled('sweep')),
  code: Code.fromAsset(bundled('gateway')),
  adoptionCode: Code.fromAsset(bundled('adopt-config')),
  contentName: CONTENT_NAME,
  defaultBudgets,
  doors: waysIn,
  memoryMb: memoryAsked(asked('memory')),
  gradual: gradualWanted(asked('gradual')),
  traces: tracesWanted(asked('traces')),
  spendPerHourUsd: spendPerHourAsked(asked('spendPerHourUsd')),
});
if (webWanted)
  new WebStack(app, stage.webStack, {
    ...needs,
    folder: bundled('gateway-web'),
    guardedElsewhere: guarded(waysIn.rest),
    vectorsPolicy: `${stage.vectorsCollection}-web`, // a collection's name leaves room for it
  });
refuseOthers();
