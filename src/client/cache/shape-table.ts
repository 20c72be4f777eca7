import type { AttributeSet } from '../transport.js';
import type { LruMap } from './lru-map.js';
import type { Shape } from './shape.js';

/** A Mixer whose conditions work keys out at run time could otherwise make us try ever more shapes on each request. */
const mostShapes = 256;

/** What was found, and under which signature. */
export interface Found<V> {
  readonly signature: string;
  readonly value: V;
}

/** The distinct shapes of the decisions in a cache, the ones of use first. */
export class ShapeTable {
  readonly #shapes: Shape[] = [];
  readonly #byId = new Map<string, Shape>();

  get size(): number {
    return this.#shapes.length;
  }

  /** The shape under which decisions like this one are kept. The shape of least use leaves when there are too many. */
  intern(shape: Shape): Shape {
    const known = this.#byId.get(shape.id);
    if (known !== undefined) return known;
    if (this.#shapes.length >= mostShapes) this.#byId.delete(this.#shapes.pop()!.id);
    this.#byId.set(shape.id, shape);
    this.#shapes.unshift(shape);
    return shape;
  }

  /** The value of the first shape that applies and has one. */
  find<V>(attributes: AttributeSet, values: LruMap<V>, now: number): Found<V> | undefined {
    for (let at = 0; at < this.#shapes.length; at++) {
      const shape = this.#shapes[at]!;
      const signature = shape.signature(attributes);
      const value = signature === undefined ? undefined : values.get(signature, now);
      if (signature === undefined || value === undefined) continue;
      if (at > 0) {
        this.#shapes.splice(at, 1);
        this.#shapes.unshift(shape);
      }
      return { signature, value };
    }
    return undefined;
  }
}
