import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundle, bundled } from '../esbuild.config.ts';
import { CapturesStack } from './captures-stack.ts';
import { configFile, deployedConfig } from './deployed-config.ts';
import { GatewayStack } from './gateway-stack.ts';
import { SemanticCacheStack } from './semantic-cache-stack.ts';
import {
  auditKeptDaysAsked,
  callIndexesAsked,
  capturesKeptDaysAsked,
  capturesWanted,
  semanticCacheWanted,
  spendPerHourAsked,
  stageNamed,
  tracesWanted,
} from './stages.ts';
import { StateStack } from './state-stack.ts';

/** What the gateway reads: the configuration's content. */
const CONFIG_NAME = 'sluice.config.json';
/** What becomes a version: its content, and how it was written. */
const CONTENT_NAME = 'content.json';

const app = new App();
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
  callIndexes: callIndexesAsked(app.node.tryGetContext('callIndexes')),
});
const vectors = semanticCacheWanted(app.node.tryGetContext('semanticCache'))
  ? new SemanticCacheStack(app, stage.semanticCacheStack, { collectionName: stage.vectorsCollection }).collection
  : undefined;
const keptDays = capturesKeptDaysAsked(app.node.tryGetContext('capturesKeptDays')); // a slip is told though there are none
const captures = capturesWanted(app.node.tryGetContext('captures'))
  ? new CapturesStack(app, stage.capturesStack, { keptDays })
  : undefined;
new GatewayStack(app, stage.gatewayStack, {
  tables,
  audit,
  alerts,
  vectors,
  captures,
  sweepCode: Code.fromAsset(bundled('sweep')),
  code: Code.fromAsset(bundled('gateway')),
  configName: CONFIG_NAME,
  adoptionCode: Code.fromAsset(bundled('adopt-config')),
  contentName: CONTENT_NAME,
  secretNames,
  callsBedrock,
  defaultBudgets,
  metricsNamespace: stage.metricsNamespace,
  traces: tracesWanted(app.node.tryGetContext('traces')),
  spendPerHourUsd: spendPerHourAsked(app.node.tryGetContext('spendPerHourUsd')),
});
