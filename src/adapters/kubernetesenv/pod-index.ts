import type { IpKey } from './ip-key.js';
import type { Pod } from './pod.js';

/** Pods by uid and by address. Usually an address has one pod; a node's has many. */
export class PodIndex {
  readonly #byUid = new Map<string, Pod>();
  readonly #byIp = new Map<IpKey, Pod | readonly Pod[]>();

  get size(): number {
    return this.#byUid.size;
  }

  add(pod: Pod): void {
    this.#byUid.set(pod.uid, pod);
    for (const ip of pod.ips) {
      const others = this.#byIp.get(ip);
      this.#byIp.set(ip, others === undefined ? pod : [...listOf(others), pod]);
    }
  }

  delete(pod: Pod): void {
    if (this.#byUid.get(pod.uid) === pod) this.#byUid.delete(pod.uid);
    for (const ip of pod.ips) {
      const left = listOf(this.#byIp.get(ip)).filter((one) => one !== pod);
      if (left.length === 0) this.#byIp.delete(ip);
      else this.#byIp.set(ip, left.length === 1 ? left[0]! : left);
    }
  }

  byUid(uid: string): Pod | undefined {
    return this.#byUid.get(uid);
  }

  byIp(ip: IpKey): Pod | undefined {
    const found = this.#byIp.get(ip);
    return Array.isArray(found) ? choose(found as readonly Pod[]) : (found as Pod | undefined);
  }
}

/**
 * Of several pods with one address: the newest that runs and has it to itself. Of several on their node's network it
 * may be any, and a guess would let one of them pass for another.
 */
function choose(pods: readonly Pod[]): Pod | undefined {
  const running = pods.filter(({ hasEnded }) => !hasEnded);
  const own = running.filter(({ usesHostNetwork }) => !usesHostNetwork);
  if (own.length > 0) return own.at(-1);
  if (running.length > 0) return running.length === 1 ? running[0] : undefined;
  return pods.at(-1);
}

function listOf(found: Pod | readonly Pod[] | undefined): readonly Pod[] {
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as readonly Pod[]) : [found as Pod];
}
