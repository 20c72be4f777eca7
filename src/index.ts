export type { Value } from './attributes/index.js';
export { parseResources, type Resource, type TelemetryPart } from './config/index.js';
export {
  type Attributes,
  type CheckOptions,
  createMixer,
  type CreateMixerOptions,
  type Mixer,
  type MixerConfig,
} from './create-mixer.js';
export type { CheckDecision, QuotaDecision, QuotaRequest } from './runtime/index.js';
export { Duration, Timestamp } from './attributes/index.js';
export { type Diagnostic, formatDiagnostic } from './util/diagnostics.js';
export { type ErrorCode, MixerError } from './util/errors.js';
