import { readFile, stat } from 'node:fs/promises';
import type { Clock } from 'fairlead/sdk';
import { type CompiledPolicy, readCompiled } from './bundle.js';
import { compilePolicy } from './compile.js';
import type { OpaConfig } from './config.js';
import { createEvaluator, type Evaluator } from './evaluator.js';
import { valueJson } from './json-text.js';
import { PolicyError, textOf } from './policy-error.js';

const maxFileBytes = 64 * 1024 * 1024;

/**
 * Makes a policy ready to be asked: gets it from where the configuration has it, compiles what is not compiled, loads it
 * with its documents.
 *
 * @throws PolicyError that says what is wrong in words for operators.
 */
export async function prepareEvaluator(config: OpaConfig, clock: Clock): Promise<Evaluator> {
  const { wasm, data } = await obtain(config);
  const own = await ownData(config);
  return createEvaluator({ wasm, data: own ?? data, query: config.checkMethod, clock });
}

async function obtain(config: OpaConfig): Promise<CompiledPolicy> {
  if (config.policyFile !== '') return readCompiledFile(config.policyFile);
  if (config.policyWasm !== '') return within('policyWasm', readCompiled(Buffer.from(config.policyWasm, 'base64')));
  return { wasm: await compilePolicy(config, config.cacheFolder), data: undefined };
}

async function readCompiledFile(file: string): Promise<CompiledPolicy> {
  return within(`policyFile "${file}"`, readCompiled(await readBounded(file)));
}

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new PolicyError(`${what}: ${textOf(cause)}`, { cause });
  }
}

/** The documents that the configuration has itself, which take the place of a bundle's. */
async function ownData(config: OpaConfig): Promise<Uint8Array | undefined> {
  if (config.data !== undefined)
    return within(
      'data',
      Promise.resolve().then(() => Buffer.from(valueJson(config.data))),
    );
  if (config.dataFile === '') return undefined;
  const bytes = await readBounded(config.dataFile);
  if (!isJsonObject(bytes.toString())) throw new PolicyError(`dataFile "${config.dataFile}" is no JSON object`);
  return bytes;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // Its place in the file is of little help next to its name.
    return false;
  }
}

async function readBounded(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) throw new Error(`it has more than ${maxFileBytes} bytes`);
    return await readFile(file);
  } catch (cause) {
    throw new PolicyError(`"${file}" cannot be read: ${textOf(cause)}`, { passing: true, cause });
  }
}
