import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { type Adapter, apiVersion } from '../sdk/index.js';
import { MixerError } from '../util/errors.js';

/**
 * Loads an adapter from the default export of a module, built-in or not, by package name or by path (`./x.js`).
 *
 * @throws MixerError ADAPTER_INVALID when the module cannot be loaded, is no adapter, or was written for another
 * version of the contract.
 */
export async function loadAdapter(specifier: string, workingDirectory: string): Promise<Adapter> {
  const isPath = /^\.{0,2}\//.test(specifier);
  const target = isPath ? pathToFileURL(resolve(workingDirectory, specifier)).href : specifier;
  let module: { readonly default?: unknown };
  try {
    module = (await importFrom(target, workingDirectory)) as { readonly default?: unknown };
  } catch (error) {
    throw new MixerError(
      'ADAPTER_INVALID',
      `adapter module '${specifier}': ${describe(error, workingDirectory)}`,
      error,
    );
  }
  return assertAdapter(module.default, specifier);
}

/**
 * Loads several adapters; a later one may not bear the name of an earlier one.
 *
 * @throws MixerError ADAPTER_INVALID
 */
export async function loadAdapters(specifiers: readonly string[], workingDirectory: string): Promise<Adapter[]> {
  const adapters = await Promise.all(specifiers.map((specifier) => loadAdapter(specifier, workingDirectory)));
  const names = new Set<string>();
  for (const [at, { name }] of adapters.entries()) {
    if (names.has(name)) {
      throw new MixerError(
        'ADAPTER_INVALID',
        `adapter module '${specifiers[at] ?? ''}': there is an adapter '${name}' already`,
      );
    }
    names.add(name);
  }
  return adapters;
}

// A package is looked for beside fairlead first, then in the operator's folder: with `npm install --global fairlead` the
// two are not the same.
async function importFrom(target: string, workingDirectory: string): Promise<unknown> {
  try {
    return await import(target);
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND' || target.startsWith('file:')) throw error;
    let path: string;
    try {
      path = createRequire(resolve(workingDirectory, 'package.json')).resolve(target);
    } catch {
      throw error;
    }
    return await import(pathToFileURL(path).href);
  }
}

function describe(error: unknown, workingDirectory: string): string {
  if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') return String(error);
  // Named is the file that asks in vain: an adapter that misses a part of its own is worth naming, this file is not.
  const what = (error as Error).message.replace(` imported from ${fileURLToPath(import.meta.url)}`, '');
  return `${what}; a package must be installed in ${workingDirectory} or beside fairlead, a path starts with ./ or /`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function assertAdapter(candidate: unknown, specifier: string): Adapter {
  const fail = (why: string): never => {
    throw new MixerError('ADAPTER_INVALID', `adapter module '${specifier}' ${why}`);
  };
  if (typeof candidate !== 'object' || candidate === null) return fail('has no adapter as its default export');
  const adapter = candidate as Partial<Adapter>;
  if (typeof adapter.name !== 'string' || adapter.name === '') return fail('exports an adapter without a name');
  const version: unknown = adapter.apiVersion;
  if (version !== apiVersion) {
    return fail(`is written for version ${String(version)} of the adapter contract, this is version ${apiVersion}`);
  }
  if (typeof adapter.build !== 'function') return fail(`exports adapter '${adapter.name}' without build()`);
  if (!Array.isArray(adapter.templates)) return fail(`exports adapter '${adapter.name}' without templates`);
  const config: unknown = adapter.config;
  if (typeof config !== 'object' || config === null) return fail(`exports adapter '${adapter.name}' without config`);
  return candidate as Adapter;
}
