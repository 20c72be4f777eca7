export { analyseMesh } from './analyse.js';
export { type Finding, findingJson, formatFinding } from './finding.js';
export { type AnalysedMesh, type AnalysisSource, readMesh } from './mesh.js';
export type { Workload } from './workloads.js';
export { describeService, findServices, type ServiceDescription } from './describe-service.js';
export { describeWorkload, findWorkloads, isInSubset, type WorkloadDescription } from './describe-workload.js';
