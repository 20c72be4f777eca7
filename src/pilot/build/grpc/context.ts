import type { ProxyView } from '../../model/proxy-view.js';

/** What the resources of a gRPC client are built from. */
export interface GrpcContext {
  readonly view: ProxyView;
  /** A number that is another one when a resource of this name is back after it was gone. */
  readonly incarnation: (name: string) => number;
  /** Hears of what a gRPC client cannot do, and so is left out. */
  readonly leaveOut: (message: string) => void;
}

/** A cluster without endpoints: calls that lead there fail at once. */
export const blackHoleCluster = 'BlackHoleCluster';
