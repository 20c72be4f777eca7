import { isDeepStrictEqual } from 'node:util';
import type { KnownService } from '../tracked-registry.js';
import { EndpointIndex } from './endpoint-index.js';
import type { EndpointFacts, Place, PlaceGroup } from './read-endpoints.js';
import type { PodFacts } from './read-pod.js';
import type { ServiceFacts } from './read-service.js';
import { type Surroundings, toInstances } from './to-instances.js';
import { Uses } from './uses.js';

/** A node and where it is. */
export interface NodeFacts {
  readonly name: string;
  readonly locality: string;
}

/**
 * What a cluster has told so far. It notes which services a change touches and makes only those anew: the cost of a
 * change goes with the size of the services that it touches, not with that of the cluster.
 */
export class ClusterState implements Surroundings {
  readonly #services = new Map<string, ServiceFacts>();
  readonly #slices = new EndpointIndex();
  readonly #endpoints = new EndpointIndex();
  #areSlicesOld = false;
  readonly #pods = new Map<string, PodFacts>();
  readonly #podsByIp = new Map<string, PodFacts>();
  readonly #nodes = new Map<string, string>();
  readonly #uses = new Uses();
  readonly #touched = new Set<string>();

  constructor(readonly network: string) {}

  setService(facts: ServiceFacts): void {
    const key = keyOfService(facts);
    this.#services.set(key, facts);
    this.#touched.add(key);
  }

  deleteService(facts: ServiceFacts): void {
    const key = keyOfService(facts);
    this.#services.delete(key);
    this.#touched.add(key);
  }

  setEndpoints(kind: 'slices' | 'endpoints', facts: EndpointFacts, before: EndpointFacts | undefined): void {
    this.#indexOf(kind).set(facts, before);
    this.#touched.add(facts.service);
    if (before !== undefined) this.#touched.add(before.service);
  }

  deleteEndpoints(kind: 'slices' | 'endpoints', facts: EndpointFacts): void {
    this.#indexOf(kind).delete(facts);
    this.#touched.add(facts.service);
  }

  /** Whether what slices tell is from before: then endpoints count, where there are any. */
  setOldSlices(areOld: boolean): void {
    if (areOld === this.#areSlicesOld) return;
    this.#areSlicesOld = areOld;
    for (const service of this.#services.keys()) this.#touched.add(service);
  }

  setPod(pod: PodFacts, before: PodFacts | undefined): void {
    // Most changes of a pod are of its status, which nobody here asks about.
    if (isDeepStrictEqual(pod, before)) return;
    if (before !== undefined) this.deletePod(before);
    this.#pods.set(pod.key, pod);
    for (const ip of pod.ips) this.#podsByIp.set(ip, pod);
    this.#touchPod(pod);
  }

  deletePod(pod: PodFacts): void {
    this.#pods.delete(pod.key);
    // The address may be another pod's by now.
    for (const ip of pod.ips) if (this.#podsByIp.get(ip)?.key === pod.key) this.#podsByIp.delete(ip);
    this.#touchPod(pod);
  }

  setNode({ name, locality }: NodeFacts): void {
    if (this.#nodes.get(name) === locality) return;
    this.#nodes.set(name, locality);
    this.#touchUsers(`node ${name}`);
  }

  deleteNode({ name }: NodeFacts): void {
    this.#nodes.delete(name);
    this.#touchUsers(`node ${name}`);
  }

  podOf({ pod, address }: Place): PodFacts | undefined {
    return pod === '' ? this.#podsByIp.get(address) : this.#pods.get(pod);
  }

  localityOfNode(name: string): string {
    return this.#nodes.get(name) ?? '';
  }

  get isTouched(): boolean {
    return this.#touched.size > 0;
  }

  /** Services that were touched since this was last asked, as they are now, by hostname's key. */
  takeTouched(keyOfHost: (namespace: string, name: string) => string): [string, KnownService | undefined][] {
    const made = [...this.#touched].map((key): [string, KnownService | undefined] => {
      const [namespace = '', name = ''] = key.split('/');
      return [keyOfHost(namespace, name), this.#make(key)];
    });
    this.#touched.clear();
    return made;
  }

  #make(key: string): KnownService | undefined {
    const facts = this.#services.get(key);
    const groups = facts === undefined ? [] : this.#groupsOf(key);
    this.#uses.set(key, this.#usedBy(groups));
    if (facts === undefined) return undefined;
    const instances = toInstances(facts, groups, this);
    const accounts = new Set(facts.service.serviceAccounts);
    for (const { serviceAccount } of instances) if (serviceAccount !== '') accounts.add(serviceAccount);
    if (accounts.size === facts.service.serviceAccounts.length) return { service: facts.service, instances };
    return { service: Object.freeze({ ...facts.service, serviceAccounts: [...accounts].sort() }), instances };
  }

  #groupsOf(key: string): readonly PlaceGroup[] {
    const indexes = [this.#slices, this.#endpoints];
    const [first, second] = this.#areSlicesOld ? indexes.reverse() : indexes;
    return first?.groupsOf(key) ?? second?.groupsOf(key) ?? [];
  }

  #usedBy(groups: readonly PlaceGroup[]): ReadonlySet<string> {
    const used = new Set<string>();
    for (const { places } of groups) {
      for (const place of places) {
        used.add(place.pod === '' ? `ip ${place.address}` : `pod ${place.pod}`);
        const node = place.node || this.podOf(place)?.node;
        if (node !== undefined && node !== '') used.add(`node ${node}`);
      }
    }
    return used;
  }

  #touchPod({ key, ips }: PodFacts): void {
    this.#touchUsers(`pod ${key}`);
    for (const ip of ips) this.#touchUsers(`ip ${ip}`);
  }

  #touchUsers(used: string): void {
    for (const service of this.#uses.usersOf(used)) this.#touched.add(service);
  }

  #indexOf(kind: 'slices' | 'endpoints'): EndpointIndex {
    return kind === 'slices' ? this.#slices : this.#endpoints;
  }
}

/** As endpoints name it: neither part can hold a slash. */
function keyOfService({ service: { name, namespace } }: ServiceFacts): string {
  return `${namespace}/${name}`;
}
