import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle, bundled } from '../esbuild.config.ts';
import { configFile, deployedConfig } from './deployed-config.ts';
import { doorsAsked } from './doors-asked.ts';
import { GatewayStack } from './gateway-stack.ts';
import { SemanticCacheStack } from './semantic-cache-stack.ts';
import {
  auditKeptDaysAsked,
  callIndexesAsked,
  gradualWanted,
  semanticCacheWanted,
  spendPerHourAsked,
  stageNamed,
  tracesWanted,
} from './stages.ts';
import { StateStack } from './state-stack.ts';
import { tablesKeyAsked } from './tables-key.ts';

/** What the gateway reads: the configuration's content. */
const CONFIG_NAME = 'sluice.config.json';
/** What becomes a version: its content, and how it was written. */
const CONTENT_NAME = 'content.json';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app)); // a finding that nobody explained fails the synthesis
const root = fileURLToPath(new URL('..', import.meta.url));
const stage = stageNamed(app.node.tryGetContext('stage'));
const { content, secretNames, callsBedrock, defaultBudgets } = deployedConfig(
  configFile(root, app.node.tryGetContext('config')),
);

await bundle('gateway', 'sweep', 'adopt-config', 'audit'); // takes away what is not of the bundle, yesterday's config too
await writeFile(join(bundled('gateway'), CONFIG_NAME), content.json);
await writeFile(join(bundled('adopt-config'), CONTENT_NAME), JSON.stringify(content));

const { tables, audit, alerts } = new StateStack(app, stage.stateStack, {
  auditCode: Code.fromAsset(bundled('audit')),
  auditKeptDays: auditKeptDaysAsked(app.node.tryGetContext('auditKeptDays')),
  tablesKey: tablesKeyAsked(app.node.tryGetContext('tablesKey')),
  callIndexes: callIndexesAsked(app.node.tryGetContext('callIndexes')),
});
const vectors = semanticCacheWanted(app.node.tryGetContext('semanticCache'))
  ? new SemanticCacheStack(app, stage.semanticCacheStack, { collectionName: stage.vectorsCollection }).collection
  : undefined;
new GatewayStack(app, stage.gatewayStack, {
  tables,
  audit,
  alerts,
  vectors,
  sweepCode: Code.fromAsset(bundled('sweep')),
  code: Code.fromAsset(bundled('gateway')),
  configName: CONFIG_NAME,
  adoptionCode: Code.fromAsset(bundled('adopt-config')),
  contentName: CONTENT_NAME,
  secretNames,
  callsBedrock,
  defaultBudgets,
  metricsNamespace: stage.metricsNamespace,
  doors: doorsAsked((name) => app.node.tryGetContext(name)),
  gradual: gradualWanted(app.node.tryGetContext('gradual')),
  traces: tracesWanted(app.node.tryGetContext('traces')),
  spendPerHourUsd: spendPerHourAsked(app.node.tryGetContext('spendPerHourUsd')),
});
