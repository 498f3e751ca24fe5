// What `npm start` is once it is bundled. In plain JavaScript: what strips a program of its types takes 20 MB, and a
// process keeps them.
process.env.SLUICE_LOCAL = 'true';
try {
  await import('../../dist/gateway-web/index.mjs');
} catch (error) {
  // A folder in use, a port in use, a field misspelt: the message says what to do, a stack would hide it.
  process.stderr.write(`\n${error instanceof Error ? error.message : error}\n\n`);
  process.exit(1);
}
