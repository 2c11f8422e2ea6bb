/**
 * Stops a Node that cannot run Millrace with a sentence instead of a stack trace. main.ts imports it before anything else,
 * for the rest may not even load: some dependencies are ES modules, which CommonJS can load since Node 20.19 and, in the
 * 22 line, since 22.12.
 */
if (!process.features.require_module) {
  const needed = '20.19 or newer is needed, in the 22 line 22.12 or newer (https://nodejs.org)';
  process.stderr.write(`millrace: Node ${process.version} is too old: ${needed}\n`);
  process.exit(1);
}
