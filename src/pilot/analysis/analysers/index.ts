import type { Analyser } from '../analyser.js';
import { deprecated } from './deprecated.js';
import { destinationRuleConflict } from './destination-rule-conflict.js';
import { emptyBinding } from './empty-binding.js';
import { emptySubset } from './empty-subset.js';
import { gatewayHostMismatch } from './gateway-host-mismatch.js';
import { gatewayPort } from './gateway-port.js';
import { gatewayServerRejected } from './gateway-server-rejected.js';
import { meshHostConflict } from './mesh-host-conflict.js';
import { misplacedAnnotation } from './misplaced-annotation.js';
import { portRequired } from './port-required.js';
import { serviceEntryOverlap } from './service-entry-overlap.js';
import { servicesUnknown } from './services-unknown.js';
import { sidecarHostUnknown } from './sidecar-host-unknown.js';
import { sidecarSelectors } from './sidecar-selectors.js';
import { sidecarsWithoutSelector } from './sidecars-without-selector.js';
import { unknownAnnotation } from './unknown-annotation.js';
import { unknownGateway } from './unknown-gateway.js';
import { unknownHost } from './unknown-host.js';
import { unknownPort } from './unknown-port.js';
import { unknownSelector } from './unknown-selector.js';
import { unknownSubset } from './unknown-subset.js';
import { unreachableRoute } from './unreachable-route.js';
import { unusedDestinationRule } from './unused-destination-rule.js';

/** All analysers; what they find is put in order by place afterwards. */
export const analysers: readonly Analyser[] = Object.freeze([
  deprecated,
  destinationRuleConflict,
  emptyBinding,
  emptySubset,
  gatewayHostMismatch,
  gatewayPort,
  gatewayServerRejected,
  meshHostConflict,
  misplacedAnnotation,
  portRequired,
  serviceEntryOverlap,
  servicesUnknown,
  sidecarHostUnknown,
  sidecarSelectors,
  sidecarsWithoutSelector,
  unknownAnnotation,
  unknownGateway,
  unknownHost,
  unknownPort,
  unknownSelector,
  unknownSubset,
  unreachableRoute,
  unusedDestinationRule,
]);
