import { createRequire } from 'node:module';
import type { RequestOptions } from 'node:https';
import { isAbsolute, join } from 'node:path';
import { MixerError } from '../util/errors.js';

/** The part of the library's `KubeConfig` that is used here; versions 1 and 2 have it. */
export interface LibraryConfig {
  loadFromString(text: string): void;
  makePathsAbsolute(folder: string): void;
  getCurrentUser(): { readonly exec?: unknown } | null;
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}

/** How the library is loaded; a test gives its own. */
export type LoadLibrary = () => Promise<{ readonly KubeConfig: new () => LibraryConfig }>;

const missingCodes: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];

/**
 * Loads `@kubernetes/client-node`, which is 80 MB in memory, for kubeconfigs that need more than is done here. Rejects
 * with what to install when that fails.
 */
export async function loadLibraryConfig(
  { kubeconfig, folder, why }: { readonly kubeconfig: string; readonly folder: string; readonly why: string },
  load: LoadLibrary = importLibrary,
): Promise<LibraryConfig> {
  const { KubeConfig } = await load().catch((cause: unknown) => {
    const isMissing = missingCodes.includes((cause as { readonly code?: unknown }).code);
    const problem = isMissing
      ? 'install the package @kubernetes/client-node'
      : `the package @kubernetes/client-node does not load: ${MixerError.from(cause).rawMessage}`;
    throw new MixerError('INTERNAL', `the kubeconfig has ${why}: ${problem}`, cause);
  });
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  config.makePathsAbsolute(folder);
  makeProgramAbsolute(config, folder);
  return config;
}

/** A program with a slash in its name lies where the kubeconfig does; the library would look where this process runs. */
function makeProgramAbsolute(config: LibraryConfig, folder: string): void {
  const exec = config.getCurrentUser()?.exec;
  if (typeof exec !== 'object' || exec === null) return;
  const program = exec as { command?: unknown };
  const { command } = program;
  if (typeof command === 'string' && command.includes('/') && !isAbsolute(command)) {
    program.command = join(folder, command);
  }
}

/** Imports what is installed, if this Node can: version 2 fails on older ones in a way that ends the process. */
export async function importLibrary(): ReturnType<LoadLibrary> {
  const { version } = createRequire(import.meta.url)('@kubernetes/client-node/package.json') as { version: string };
  if (!suitsNode(version, process.versions.node)) {
    throw new Error(`version ${version} needs Node 22.19 or newer; install version 1`);
  }
  return import('@kubernetes/client-node');
}

/** Whether a version of the library runs on a version of Node. */
export function suitsNode(version: string, node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return Number.parseInt(version) < 2 || major > 22 || (major === 22 && minor >= 19);
}
