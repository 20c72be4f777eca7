import assert from 'node:assert/strict';
import type { Adapter, CallContext, Handler, Instance, InstanceTypes, QuotaArgs, Template } from '../../sdk/index.js';
import { fakeCall, type FakeEnv, fakeEnv } from '../fake-env.js';
import { decodeParams } from '../params.js';
import { decodeResources } from '../resources.js';
import { sampleInstance, sampleTypes } from '../sample-instance.js';
import { callHandler } from './call-handler.js';
import { deepFreeze } from './frozen.js';
import type { AdapterSuiteOptions } from './options.js';
import { passTime } from './pass-time.js';
import { settles } from './settles.js';

/** One call to make: a template and an instance of it. */
export interface Sample {
  readonly template: Template;
  readonly instance: Instance<Template>;
}

/** A handler under test and the environment it lives in. */
export interface Built {
  readonly handler: Handler;
  readonly env: FakeEnv;
  /** Closes it the way a host does. */
  close(): Promise<void>;
}

/** What every rule works with: the adapter, its instances, and ways to build and call it. */
export class Rig {
  readonly adapter: Adapter;
  readonly good: readonly string[];
  readonly samples: readonly Sample[];
  readonly #types: InstanceTypes;
  #calls = 0;

  constructor(readonly options: AdapterSuiteOptions<unknown, Template>) {
    this.adapter = options.adapter;
    this.good = options.configs?.good ?? [''];
    this.samples = options.adapter.templates.flatMap((template) => {
      const given = (options.instances as Readonly<Record<string, readonly Instance<Template>[]>> | undefined)?.[
        template.name
      ];
      return (given ?? [sampleInstance(template)]).map((instance) => ({ template, instance: deepFreeze(instance) }));
    });
    this.#types = this.typesOf(this.samples);
  }

  /** Builds a handler for parameters that must be good, the first of the good ones unless told otherwise. */
  async build(
    params = this.good[0] ?? '',
    options: { readonly env?: FakeEnv; readonly types?: InstanceTypes } = {},
  ): Promise<Built> {
    const { config, problems } = decodeParams(this.adapter, params);
    assert.deepEqual(problems, [], 'the parameters have no problems');
    const env = options.env ?? fakeEnv();
    const types = options.types ?? this.#types;
    const { resources, problems: found } = decodeResources(this.adapter, this.options.resources ?? '');
    assert.deepEqual(found, [], 'the resources have no problems');
    const building = async (): Promise<Handler> =>
      this.adapter.build({ name: 'sample.default', config, types, resources, env });
    const handler = await this.settles(building(), 'build');
    return {
      handler,
      env,
      close: async () => {
        env.abort();
        const closed = new AbortController();
        const passing = passTime(env.clock, closed.signal);
        await this.settles((async () => handler.close?.())(), 'close').finally(() => closed.abort());
        await passing;
        env.dispose();
      },
    };
  }

  /** Calls with a sample, each time as a new request. */
  async call(built: Built, { template, instance }: Sample, call: CallContext = fakeCall(built.env)): Promise<unknown> {
    return callHandler(built.handler, template, { instance, args: this.nextArgs(), call });
  }

  /** The promise's outcome, unless it takes too long. */
  settles<R>(promise: Promise<R>, what: string): Promise<R> {
    return settles(promise, what, { millis: this.options.patienceMillis ?? 5000 });
  }

  nextArgs(): QuotaArgs {
    this.#calls += 1;
    return Object.freeze({ deduplicationId: `call-${this.#calls}`, amount: 1n, bestEffort: false });
  }

  typesOf(samples: readonly Sample[]): InstanceTypes {
    const types: Record<string, Map<string, unknown>> = {};
    for (const { name } of this.adapter.templates) types[name] = new Map();
    for (const { template, instance } of samples) {
      types[template.name]?.set(instance.name, sampleTypes(template, instance));
    }
    return types as unknown as InstanceTypes;
  }
}
