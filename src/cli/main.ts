#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';

import type { CliContext } from './context.js';
import { runProgram } from './program.js';

// The composition root: nothing else in src touches the process.
const packageFile = new URL('../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string };

const lingerMillis = 3000;

// What grpc-js writes to stderr by itself is told by our own errors in better words.
if (process.env['GRPC_VERBOSITY'] === undefined) setLogVerbosity(logVerbosity.NONE);

// A reader that has seen enough (`fairlead eval | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

// A log that nobody reads any more, of a closed terminal say, is no reason to stop serving or to stop without order.
process.stderr.on('error', () => undefined);

const context: CliContext = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
  workingDirectory: process.cwd(),
  self: commandLine(),
  exitWith: (code) => {
    process.exitCode = code;
  },
  onStrayRejection: (listener) => {
    process.on('unhandledRejection', listener);
  },
  stopRequested: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
    }),
};

await runProgram(process.argv.slice(2), context, { version, node: process.version });

// The work is done. What a library still holds, such as a watch of files that it opened while it was closed, must not
// keep the process: whoever stopped it waits for its end.
setTimeout(() => {
  const open = [...new Set(process.getActiveResourcesInfo())].join(', ');
  process.stderr.write(`fairlead: ends with something still open: ${open}\n`);
  process.exit();
}, lingerMillis).unref();

/** How the user calls this program, for commands that they may paste. */
function commandLine(): string {
  const script = process.argv[1] ?? 'fairlead';
  if (basename(script) === 'fairlead') return 'fairlead';
  return ['node', ...process.execArgv, relative(process.cwd(), script)].join(' ');
}
