import type { LoadedPolicy } from '@open-policy-agent/opa-wasm';
import type { createBuiltins } from './builtins.js';
import { PolicyError, textOf } from './policy-error.js';

interface Input {
  readonly wasm: Uint8Array;
  /** The documents below `data`, as JSON text. */
  readonly data: Uint8Array | undefined;
  readonly builtins: ReturnType<typeof createBuiltins>;
}

/** What the library has, and does not tell in its types: the way to load what is compiled, at once. */
interface Library {
  loadPolicySync(
    module: object,
    memory: { readonly initial: number; readonly maximum: number },
    builtins: Input['builtins'],
  ): LoadedPolicy;
}

/** Node has it, and its types do not. */
const { WebAssembly: wasmEngine } = globalThis as unknown as {
  readonly WebAssembly: { compile(bytes: Uint8Array): Promise<object> };
};

const firstPages = 5;
/** 128 MiB for documents, input and all that a decision makes, of which the latter is dropped after each decision. */
const maxPages = 2048;
/**
 * What fails leaves its part of the module's stack taken, from 128 bytes on, and there is no way to give it back: after
 * some hundred failures there would be none left, and nothing would be decided any more.
 */
const mostFailures = 32;

/** A policy in memory of its own, which is set up anew before failures have used it up. */
export class PolicyInstance {
  readonly #open: () => LoadedPolicy;
  #policy: LoadedPolicy;
  #failures = 0;

  private constructor(open: () => LoadedPolicy) {
    this.#open = open;
    this.#policy = open();
  }

  /** @throws PolicyError when the module is none, or the documents do not fit. */
  static async load({ wasm, data, builtins }: Input): Promise<PolicyInstance> {
    const { default: library } = (await import('@open-policy-agent/opa-wasm')) as unknown as { default: Library };
    const module = await wasmEngine.compile(wasm).catch(refuse);
    const documents = data === undefined ? undefined : Uint8Array.from(data).buffer;
    let initial = firstPages;
    return new PolicyInstance(() => {
      // How large the memory has to be at least is said by the module alone, when it is refused one that is too small.
      for (; ; initial *= 2) {
        try {
          return withDocuments(library.loadPolicySync(module, { initial, maximum: maxPages }, builtins), documents);
        } catch (cause) {
          const isTooSmall = cause instanceof Error && cause.name === 'LinkError' && /memory/.test(cause.message);
          if (!isTooSmall || initial * 2 > maxPages) refuse(cause);
        }
      }
    });
  }

  get loaded(): LoadedPolicy {
    return this.#policy;
  }

  /** The result set for an input document. Throws whatever the policy or its built-in functions throw. */
  evaluate(input: ArrayBuffer, entry: number): unknown {
    if (this.#failures >= mostFailures) this.#renew();
    try {
      return this.#attempt(input, entry);
    } catch (cause) {
      // It may be former failures that left too little: only what fails by itself is an answer.
      if (!isTrap(cause) || this.#failures === 1) throw cause;
      this.#renew();
      return this.#attempt(input, entry);
    }
  }

  #attempt(input: ArrayBuffer, entry: number): unknown {
    try {
      return this.#policy.evaluate(input, entry);
    } catch (cause) {
      this.#failures += 1;
      throw cause;
    }
  }

  #renew(): void {
    this.#policy = this.#open();
    this.#failures = 0;
  }
}

function withDocuments(policy: LoadedPolicy, documents: ArrayBuffer | undefined): LoadedPolicy {
  try {
    if (documents !== undefined) policy.setData(documents);
    return policy;
  } catch (cause) {
    throw new PolicyError(`the data documents cannot be loaded: ${textOf(cause)}`, { cause });
  }
}

/** Whether the module itself broke off, other than by saying why. */
function isTrap(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'RuntimeError';
}

function refuse(cause: unknown): never {
  if (cause instanceof PolicyError) throw cause;
  throw new PolicyError(`the compiled policy cannot be loaded: ${textOf(cause)}`, { cause });
}
