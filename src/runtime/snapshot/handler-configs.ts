import type { Resource } from '../../config/index.js';
import type { Adapter } from '../../sdk/index.js';
import { type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import { handlerSchema } from '../kinds-schemas.js';
import type { Kinds } from '../kinds.js';
import { handlerName, resourceKey } from '../names.js';
import { decode } from './decode.js';
import { didYouMean } from './did-you-mean.js';
import { diagnose } from './finding.js';
import { broken, type Outcome, sound } from './outcome.js';
import { stableText } from './stable-text.js';
import { below } from './yaml-path.js';

/** A handler whose configuration is decoded and valid, not built yet. */
export interface HandlerConfig {
  /** Three-part key, unique among handlers. */
  readonly key: string;
  /** As status messages, metrics and logs name it. */
  readonly name: string;
  readonly adapter: Adapter;
  /** What `build` receives: decoded, defaulted, frozen. */
  readonly config: unknown;
  /** Equal for handlers of the same adapter and the same decoded params. */
  readonly fingerprint: string;
  /** Where it came from, for diagnostics about its build. */
  readonly resource: Resource;
}

/** Compiles a handler of the kind `handler`, or of an adapter's own kind if `legacy` is that adapter. */
export function compileHandler(resource: Resource, legacy: Adapter | undefined, kinds: Kinds): Outcome<HandlerConfig> {
  if (legacy !== undefined) return compileParams(resource, legacy, { at: 'spec', findings: [] });
  const { value, diagnostics } = decode(resource, handlerSchema);
  if (hasErrors(diagnostics)) return broken(diagnostics);
  // A handler that names both is built in: the samples do so (mixer-core.md 5.2).
  const adapter = kinds.adapter(value.compiledAdapter);
  if (adapter === undefined) return broken([...diagnostics, missingAdapter(resource, value, kinds)]);
  return compileParams(resource, adapter, { at: 'spec.params', findings: diagnostics });
}

function compileParams(
  resource: Resource,
  adapter: Adapter,
  { at, findings }: { readonly at: string; readonly findings: readonly Diagnostic[] },
): Outcome<HandlerConfig> {
  const { value: config, diagnostics } = decode(resource, adapter.config, at);
  const all = [...findings, ...diagnostics];
  if (!hasErrors(diagnostics)) all.push(...validateConfig(resource, adapter, { at, config }));
  if (hasErrors(all)) return broken(all);
  return sound(
    {
      key: resourceKey(resource),
      name: handlerName(resource),
      adapter,
      config,
      fingerprint: stableText([adapter.name, config]),
      resource,
    },
    all,
  );
}

/** Runs the adapter's own checks; a thrown error counts as one more finding. */
function validateConfig(
  resource: Resource,
  adapter: Adapter,
  { at, config }: { readonly at: string; readonly config: unknown },
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (path: string, message: string, severity: 'error' | 'warning' = 'error'): void => {
    found.push(diagnose(resource, { severity, code: 'CONFIG_INVALID', message, at: below(at, path) }));
  };
  try {
    adapter.validate?.(config, report);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    report('', `adapter '${adapter.name}' failed to validate: ${text}`);
  }
  return found;
}

function missingAdapter(
  resource: Resource,
  { compiledAdapter, adapter }: { readonly compiledAdapter: string; readonly adapter: string },
  kinds: Kinds,
): Diagnostic {
  if (compiledAdapter !== '') return unknownAdapter(resource, compiledAdapter, { at: 'spec.compiledAdapter', kinds });
  if (adapter !== '') {
    const message = `out-of-process adapters ('${adapter}') are not supported yet`;
    return diagnose(resource, { code: 'NOT_SUPPORTED_YET', message, at: 'spec.adapter' });
  }
  return diagnose(resource, { code: 'FIELD_VALUE', message: 'the handler names no compiledAdapter', at: 'spec' });
}

function unknownAdapter(
  resource: Resource,
  name: string,
  { at, kinds }: { readonly at: string; readonly kinds: Kinds },
): Diagnostic {
  const message = `there is no adapter '${name}'${didYouMean(name, kinds.adapterNames)}`;
  return diagnose(resource, { code: 'UNKNOWN_ADAPTER', message, at });
}
