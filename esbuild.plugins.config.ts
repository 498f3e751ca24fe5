import { readFile } from 'node:fs/promises';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Plugin } from 'esbuild';

/**
 * Node's own modules, asked for by require(): an import reads all that a module exports, and behind some of it stands
 * what Node else loads with its first use, as its whole fetch behind node:http. Each importer asks by itself, for what
 * is shared becomes a file of its own.
 */
export const builtinsByRequire: Plugin = {
  name: 'builtins by require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind, importer }) => {
      const builtin = path.startsWith('node:') || builtinModules.includes(path);
      if (!builtin || kind === 'require-call') return undefined;
      const namespace = kind === 'dynamic-import' ? 'builtin, later' : 'builtin';
      return { path, namespace, suffix: `?${relative(import.meta.dirname, importer)}`, sideEffects: false };
    });
    onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
    }));
    // What is asked for by import() becomes a file of its own, and whoever asks wants its names.
    onLoad({ filter: /^/, namespace: 'builtin, later' }, ({ path }) => {
      const names = Object.keys(createRequire(import.meta.url)(path)).filter((name) => !OF_FETCH.has(name));
      const contents = `const all = require('${path}');\nexport default all;\nexport const { ${names.join(', ')} } = all;`;
      return { contents };
    });
  },
};

/** Behind these stands Node's fetch, which is loaded with the first look at one of them. */
const OF_FETCH = new Set(['WebSocket', 'CloseEvent', 'MessageEvent']);

/** What is imported, but never used here, and would make each start slower. */
export const leftOut: Plugin = {
  name: 'left out',
  setup({ onLoad, onResolve, resolve }) {
    // The AWS SDK's HTTP/2 loads Node's. All clients of ours are given a handler of HTTP/1.1.
    onLoad({ filter: /@smithy\/node-http-handler\/dist-es\/node-http2-handler\.js$/ }, () => ({
      contents: "export { NodeHttpHandler as NodeHttp2Handler } from './node-http-handler';",
    }));
    // The signer of OpenSearch is given credentials. An import() in CommonJS has esbuild wrap each module of the AWS SDK
    // that is behind it in a function, which V8 then parses twice.
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
    // Of its own package the client of DynamoDB uses the version; of the AWS SDK's protocols one. The lists they stand in
    // would bring those of all lazily loaded clients along.
    onLoad({ filter: /@aws-sdk\/client-[a-z-]+\/package\.json$/ }, async ({ path }) => {
      const { version }: { version: string } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    onResolve({ filter: /^@aws-sdk\/core\/protocols$/ }, async ({ path, importer, kind, pluginData, resolveDir }) => {
      if (pluginData === leftOut || !/@aws-sdk\/(client-dynamodb|dynamodb-codec)\//.test(importer)) return undefined;
      const list = await resolve(path, { kind, importer, resolveDir, pluginData: leftOut });
      return { path: list.path, namespace: 'spoken by DynamoDB', sideEffects: false };
    });
    onLoad({ filter: /^/, namespace: 'spoken by DynamoDB' }, ({ path }) => ({
      contents: "export * from './json/AwsJson1_0Protocol'; export * from '@smithy/core/protocols';",
      resolveDir: dirname(path),
    }));
  },
};

/** Of undici what sends strings over HTTP/1.1. */
export const undiciForHttp1: Plugin = {
  name: 'undici for HTTP/1.1',
  setup({ onLoad, onResolve }) {
    // Its client offers no HTTP/2 unless it is told to, but loads Node's at the start.
    onLoad({ filter: /undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({ contents: 'module.exports = undefined;' }));
    // Asked for by require() where a body is a form: ours are strings. It would bring all that fetch is made of.
    onResolve({ filter: /^\.\.\/web\/fetch\/body\.js$/ }, () => ({
      path: 'undici/lib/web/fetch/body.js',
      external: true,
    }));
    // Its parser comes a second time for processors without SIMD: every one that Lambda has, and Node 24 runs well on, has it.
    onResolve({ filter: /^\.\.\/llhttp\/llhttp-wasm\.js$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, '../llhttp/llhttp_simd-wasm.js'),
    }));
    onLoad({ filter: /undici\/lib\/llhttp\/llhttp_simd-wasm\.js$/ }, ({ path }) => {
      const parser: Buffer = createRequire(path)(path);
      return { contents: `module.exports = require('node:zlib').${unpacked(parser)};` };
    });
  },
};

/** The catalog, which is read as a whole: compressed it is a quarter as large, and V8 does not parse it. */
export const packed: Plugin = {
  name: 'packed',
  setup({ onLoad }) {
    onLoad({ filter: /lib\/catalog\/models\.json$/ }, async ({ path }) => {
      const text = unpacked(JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
      return {
        contents: `import { inflateRawSync } from 'node:zlib';\nexport default JSON.parse(${text}.toString());`,
      };
    });
  },
};

/** An expression that gives these bytes. */
const unpacked = (bytes: string | Buffer): string =>
  `inflateRawSync(Buffer.from('${deflateRawSync(bytes, { level: 9 }).toString('base64')}', 'base64'))`;
