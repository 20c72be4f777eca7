export { compileRouteTable } from './route-table.js';
export type {
  Attempt,
  CompiledForward,
  CompiledRoute,
  CompiledRouteTable,
  RequestHash,
  RouteCluster,
} from './types.js';
