import type { LoadedPolicy } from '@open-policy-agent/opa-wasm';
import type { Clock } from 'fairlead/sdk';
import { createBuiltins, libraryBuiltins } from './builtins.js';
import { PolicyError } from './policy-error.js';
import { PolicyInstance } from './policy-instance.js';
import { pathEntry, wrapperEntry } from './query.js';

/** A policy that answers. */
export interface Evaluator {
  /**
   * The rows of the query's result set for an input document, given as JSON text. Throws whatever the policy or its
   * built-in functions throw, which need not be an Error.
   */
  evaluate(input: string): readonly unknown[];
}

interface EvaluatorInput {
  readonly wasm: Uint8Array;
  /** The documents below `data`, as JSON text. */
  readonly data: Uint8Array | undefined;
  readonly query: string;
  readonly clock: Clock;
}

/** The exports of a policy module that opa-wasm does not speak about. */
interface PolicyExports {
  builtins(): number;
  opa_json_dump(address: number): number;
}

const encoder = new TextEncoder();

/**
 * Loads a compiled policy. One instance serves all calls of a handler: evaluation is synchronous, so that two decisions
 * never overlap, and each starts from the heap as the documents left it.
 *
 * @throws PolicyError when the module is none, lacks the query's entry point or needs functions that nobody has.
 */
export async function createEvaluator({ wasm, data, query, clock }: EvaluatorInput): Promise<Evaluator> {
  const builtins = createBuiltins(clock);
  const policy = await PolicyInstance.load({ wasm, data, builtins });
  const isKnown = (name: string): boolean => libraryBuiltins.has(name) || Object.hasOwn(builtins, name);
  const missing = neededBuiltins(policy.loaded).filter((name) => !isKnown(name));
  if (missing.length > 0) throw new PolicyError(`the policy calls what cannot be called here: ${missing.join(', ')}`);
  const { entry, wrapped } = findEntry(policy.loaded, query);
  return {
    evaluate: (input) => {
      const rows = policy.evaluate(bufferOf(input), entry) as readonly { readonly result: unknown }[];
      if (!wrapped) return rows.map(({ result }) => result);
      const values = (rows[0]?.result ?? []) as readonly unknown[];
      // In a query that iterates, an expression that is false does not make a row; a wrapper's single one is an answer.
      return values.length > 1 ? values.filter((value) => value !== false) : values;
    },
  };
}

function neededBuiltins(policy: LoadedPolicy): readonly string[] {
  const { exports } = policy.wasmInstance as unknown as { readonly exports: PolicyExports };
  const address = exports.opa_json_dump(exports.builtins());
  const memory = Buffer.from((policy.mem as { readonly buffer: ArrayBuffer }).buffer);
  return Object.keys(JSON.parse(memory.toString('utf8', address, memory.indexOf(0, address))) as object);
}

function findEntry(policy: LoadedPolicy, query: string): { readonly entry: number; readonly wrapped: boolean } {
  const entries = new Map(Object.entries(policy.entrypoints as Readonly<Record<string, number>>));
  const path = pathEntry(query);
  const direct = path === undefined ? undefined : entries.get(path);
  if (direct !== undefined) return { entry: direct, wrapped: false };
  const wrapper = entries.get(wrapperEntry(query));
  if (wrapper !== undefined) return { entry: wrapper, wrapped: true };
  const how = path === undefined ? '"fairlead opa build"' : `"opa build -t wasm -e ${path}"`;
  const has = [...entries.keys()].join(', ');
  throw new PolicyError(`the compiled policy has no entry point for "${query}", it has ${has}: compile it with ${how}`);
}

function bufferOf(text: string): ArrayBuffer {
  const bytes = encoder.encode(text);
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}
