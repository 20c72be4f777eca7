import { Option } from 'commander';

import { usualTelemetry } from '../config/index.js';
import { telemetry } from './flag-parsers.js';

/** `--defaultTelemetry`, bare for what Mixer's installation had on, or with parts. Its value is a list of parts. */
export function telemetryOption(): Option {
  return new Option('--defaultTelemetry [parts]', "Istio's standard telemetry: metrics, kubernetes, accesslog")
    .argParser(telemetry)
    .preset(usualTelemetry.join(','))
    .default([], 'none');
}
