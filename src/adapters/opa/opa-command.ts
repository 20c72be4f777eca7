import { execFile, type ExecFileException } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicyError } from './policy-error.js';

const timeoutMs = 20_000;
const maxMessageBytes = 256 * 1024;
const maxBundleBytes = 64 * 1024 * 1024;
/** How many compilers run at once, however many handlers a configuration has. */
const maxRunning = 2;

/** A Rego module by the name that messages are to call it. */
export type Modules = ReadonlyMap<string, string>;

/** What the compiler made: a bundle, or what it had to say against the modules. */
export type Compiled = { readonly bundle: Uint8Array } | { readonly complaint: string };

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Compiles Rego of the language's first version to a bundle with wasm, through the `opa` command on the PATH, in a
 * folder of its own and within bounds of time and size.
 *
 * @throws PolicyError when there is no compiler to ask or it does not come to an end.
 */
export async function runOpaBuild(modules: Modules, entry: string): Promise<Compiled> {
  // Whoever ends hands its turn to the next in line.
  if (running >= maxRunning) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-opa-'));
    return await buildIn(folder, modules, entry);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

async function buildIn(folder: string, modules: Modules, entry: string): Promise<Compiled> {
  for (const [name, text] of modules) await writeFile(join(folder, `${name}.rego`), text);
  const files = [...modules.keys()].map((name) => `${name}.rego`);
  const args = ['build', '-t', 'wasm', '-e', entry, '-o', 'bundle.tar.gz'];
  let complaint = await runOpa([...args, '--v0-compatible', ...files], folder);
  // Before 0.70 there was one version of the language, and no flag to choose it.
  if (complaint?.includes('unknown flag: --v0-compatible')) complaint = await runOpa([...args, ...files], folder);
  if (complaint !== undefined) return { complaint: complaint.replaceAll('.rego:', ':') };
  const file = join(folder, 'bundle.tar.gz');
  if ((await stat(file)).size > maxBundleBytes) throw new PolicyError('the compiled policy is too large');
  return { bundle: await readFile(file) };
}

/** Runs `opa`; undefined when it was content, else what it wrote. */
function runOpa(args: readonly string[], cwd: string): Promise<string | undefined> {
  const options = { cwd, timeout: timeoutMs, maxBuffer: maxMessageBytes, killSignal: 'SIGKILL' as const };
  return new Promise((resolve, reject) => {
    execFile('opa', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      else if (typeof error.code === 'number') resolve((stderr || stdout).trim() || `opa ended with ${error.code}`);
      else reject(failure(error));
    });
  });
}

function failure(error: ExecFileException): PolicyError {
  const passing = true;
  if (error.code === 'ENOENT') return new PolicyError(missing, { passing, cause: error });
  if (error.killed === true) return new PolicyError(`opa build did not end within ${timeoutMs} ms`, { passing });
  return new PolicyError(`opa build could not run: ${error.message}`, { passing, cause: error });
}

const missing =
  'the policy has to be compiled, and the "opa" command is not on the PATH: install it ' +
  '("go install github.com/open-policy-agent/opa@latest"), or run "fairlead opa build" where it is and use ' +
  'what that writes';
