import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ResourceKind, resourceKinds } from '../../../src/pilot/xds/resource.js';
import { ModelClient } from './model-client.js';
import { rig, snapshotOf } from './support.js';

type Mesh = Record<ResourceKind, readonly string[]>;

const names = ['a', 'b', 'c', 'd'];
const content = fc.integer({ min: 0, max: 2 });
const some = fc.subarray(names, { minLength: 1 });
const listeners = fc.subarray(['l', 'm']);

/** Clusters with their endpoints, and listeners each with a route to a cluster; with `mark`, some routes are bad. */
const meshes = (mark: string) =>
  fc
    .tuple(some, listeners, fc.array(content, { minLength: 12, maxLength: 12 }))
    .map(([clusters, own, numbers]): Mesh => {
      const at = (index: number): number => numbers[index]!;
      const to = (index: number): string => clusters[at(10 + index) % clusters.length]!;
      return {
        cluster: clusters.map((name, index) => `${name}=${at(index) % 2}`),
        endpoints: clusters.map((name, index) => `${name}=${at(4 + index)}`),
        listener: own.map((name, index) => `${name}=${at(8 + index) % 2}>${name}`),
        route: own.map((name, index) => `${name}=${to(index)}${at(8 + index) === 2 ? mark : ''}>${to(index)}`),
      };
    });

const doing = fc.constantFrom('read', 'makeRoom', 'speak', 'read', 'makeRoom', 'speak', 'full', 'endpoints');

/** Only clusters that routes lead to; listeners and routes stay as they are. */
function withoutUnused({ cluster, endpoints, listener, route }: Mesh): Mesh {
  const isUsed = (text: string): boolean => route.some((one) => one.endsWith(`>${text[0]}`));
  return { cluster: cluster.filter(isUsed), endpoints: endpoints.filter(isUsed), listener, route };
}

/** A server and one client of it, and what the client has to be like in the end. */
class Scene {
  readonly client: ModelClient;
  readonly #rig: ReturnType<typeof rig>;
  #mesh: Mesh;
  #version = 1;

  constructor(mesh: Mesh, protocol: 'sotw' | 'delta') {
    this.#mesh = mesh;
    this.#rig = rig(snapshotOf('1', mesh));
    this.client = new ModelClient(this.#rig.server, protocol);
  }

  push(kind: 'full' | 'endpoints', to: Mesh): void {
    // Endpoints alone change only of clusters that are there.
    const moved = to.endpoints.filter((text) => this.#mesh.endpoints.some((one) => one[0] === text[0]));
    const rest = this.#mesh.endpoints.filter((text) => !moved.some((one) => one[0] === text[0]));
    this.#mesh = kind === 'full' ? to : { ...this.#mesh, endpoints: [...rest, ...moved] };
    this.#rig.set(snapshotOf(String((this.#version += 1)), this.#mesh));
    this.#rig.server.push(kind === 'full' ? { kind } : { kind, names: new Set(moved.map((text) => text[0]!)) });
  }

  checkRoutes(): void {
    const { cluster, endpoints, route } = this.client.has;
    for (const [name, text] of route) {
      const to = text.slice(2);
      assert(cluster.has(to) && endpoints.has(to), `route '${name}' leads to '${to}', which is not there`);
    }
  }

  /** Lets both do what there is to do, until nothing is left. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 20; turns += 1) {
      while (!this.client.isIdle) {
        for (const step of ['read', 'makeRoom', 'speak'] as const) this.client[step]();
        this.checkRoutes();
      }
      await this.#rig.time.advance(600);
    }
  }

  checkAll(): void {
    for (const kind of resourceKinds) {
      const wanted = this.#mesh[kind].map((text) => text.split('>')[0]);
      assert.deepEqual([...this.client.has[kind].values()].sort(), wanted.sort(), kind);
    }
  }
}

describe('a client that keeps to the protocol, however slow', () => {
  for (const protocol of ['sotw', 'delta'] as const) {
    for (const [what, mark] of [
      ['takes what it gets', ''],
      ['rejects some of it', '!'],
    ] as const) {
      it(`never has a route to what it lacks, and has everything in the end (${protocol}, ${what})`, async () => {
        const all = fc.array(meshes(mark), { minLength: 2, maxLength: 5 });
        const steps = fc.array(doing, { minLength: 40, maxLength: 60 });
        const property = fc.asyncProperty(all, steps, meshes(''), async (some, steps, last) => {
          const scene = new Scene(last, protocol);
          await scene.settle();
          let next = 0;
          for (const step of steps) {
            if (step === 'full' || step === 'endpoints') scene.push(step, some[(next += 1) % some.length]!);
            else scene.client[step]();
            scene.checkRoutes();
          }
          await scene.settle();
          for (const mesh of [last, withoutUnused(last)]) {
            scene.push('full', mesh);
            await scene.settle();
            scene.checkAll();
          }
        });
        await fc.assert(property, { seed: 1, numRuns: 50 });
      });
    }
  }
});
