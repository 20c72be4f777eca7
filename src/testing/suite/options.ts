import type { Adapter, Instance, Template } from '../../sdk/index.js';

/** How a test runner registers a test: `test` of node:test, `it` of others. */
export type TestFunction = (title: string, body: () => void | Promise<void>) => unknown;

/** Parameters that must be refused, and the field that must be named. */
export interface BadParams {
  /** YAML of the handler's `params`. */
  readonly params: string;
  /** The field the problem is about, like `overrides[1].maxAmount`. */
  readonly path: string;
}

/** What the conformance suite has to know about an adapter. */
export interface AdapterSuiteOptions<C, T extends Template> {
  readonly test: TestFunction;
  readonly adapter: Adapter<C, T>;
  readonly configs?: {
    /**
     * YAML of `params` that must build. The first is used for all calls, so it must serve the sample instances
     * (`sample.<template>.default`). Without any, the defaults are used.
     */
    readonly good?: readonly string[];
    readonly bad?: readonly BadParams[];
  };
  /** YAML of resources of the adapter's own kinds, which every handler is built with. */
  readonly resources?: string;
  /** Instances to call with instead of the generated samples, by template name. */
  readonly instances?: { readonly [K in T as K['name']]?: readonly Instance<K>[] };
  /** The README to check, as a path or a file URL. */
  readonly readme?: string | URL;
  /** How long in real time anything may take before it counts as stuck; 5000 when left out. */
  readonly patienceMillis?: number;
}
