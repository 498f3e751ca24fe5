import { registerHooks } from 'node:module';

// The addon is C++ that compiles for most of a minute; the runtime client asks it for three functions only.
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? { url: new URL('rapid-client.mjs', import.meta.url).href, format: 'module', shortCircuit: true }
      : nextResolve(specifier, context),
});
