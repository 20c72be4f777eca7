import { createHash } from 'node:crypto';
import { readCompiled } from './bundle.js';
import { CompileCache } from './compile-cache.js';
import { type Modules, runOpaBuild } from './opa-command.js';
import { PolicyError } from './policy-error.js';
import { pathEntry, type QueryForm, wrapperEntry, wrapperModule } from './query.js';

/** Rego modules, and what is asked of them. */
export interface PolicySource {
  readonly policy: readonly string[];
  readonly checkMethod: string;
}

/** The module that is generated for a query, as messages of the compiler call it. */
const queryModule = 'check_method';
/** Part of each key, so that a change of how policies are compiled makes old ones be compiled anew. */
const format = 'fairlead-opa-1';

const cache = new CompileCache();

/**
 * Compiles Rego modules to wasm with an entry point for the query: its path where it is one and names a rule, otherwise
 * that of a generated module. The same source is compiled once in a process, and once on a machine while `cacheFolder`
 * lasts.
 *
 * @throws PolicyError that says what the compiler has against it, or how to get one.
 */
export function compilePolicy(source: PolicySource, cacheFolder: string): Promise<Uint8Array> {
  const { policy, checkMethod } = source;
  const text = JSON.stringify([format, policy, checkMethod.trim()]);
  const key = createHash('sha256').update(text).digest('hex');
  return cache.get(key, { folder: cacheFolder, create: () => compile(source) });
}

async function compile({ policy, checkMethod }: PolicySource): Promise<Uint8Array> {
  const modules = new Map(policy.map((text, index) => [`opa_policy.${index}`, text]));
  const entry = pathEntry(checkMethod);
  if (entry !== undefined) {
    const compiled = await runOpaBuild(modules, entry);
    if ('bundle' in compiled) return (await readCompiled(compiled.bundle)).wasm;
    // A path without a rule is undefined or a document of the data: not for the compiler to say.
    if (!compiled.complaint.includes('does not refer to a rule')) throw complaintError(compiled.complaint);
  }
  const asValue = await compileQuery(modules, checkMethod, 'value');
  if (typeof asValue !== 'string') return asValue;
  // Assignments, unifications and negations have no value that a variable could take.
  const asStatement = asValue.includes(`${queryModule}:`)
    ? await compileQuery(modules, checkMethod, 'statement')
    : asValue;
  if (typeof asStatement !== 'string') return asStatement;
  throw complaintError(asValue);
}

/** The module, or what the compiler has against it. */
async function compileQuery(modules: Modules, query: string, form: QueryForm): Promise<Uint8Array | string> {
  const all = new Map([...modules, [queryModule, wrapperModule(query, form)]]);
  const compiled = await runOpaBuild(all, wrapperEntry(query));
  return 'bundle' in compiled ? (await readCompiled(compiled.bundle)).wasm : compiled.complaint;
}

function complaintError(complaint: string): PolicyError {
  return new PolicyError(`the policy does not compile: ${complaint.replace(/^error: (load error: )?/, '')}`);
}
