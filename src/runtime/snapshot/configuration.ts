import { standardManifest, type Vocabulary } from '../../attributes/index.js';
import { type Resource, resourceKey as resourceId } from '../../config/index.js';
import type { Engine } from '../../expr/index.js';
import type { Adapter, Template } from '../../sdk/index.js';
import { compareDiagnostics, type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import { createKinds, type Kinds } from '../kinds.js';
import { resourceKey } from '../names.js';
import { takeLatest } from '../validate/latest.js';
import { resourceRules } from '../validate/resource-rules.js';
import type { Classified } from '../validate/rule.js';
import type { Present } from './actions.js';
import { type ConfigCounters, countConfig } from './config-counters.js';
import { Expressions } from './expressions.js';
import { compileHandler, type HandlerConfig } from './handler-configs.js';
import { collectUses, type HandlerUse } from './handler-uses.js';
import { type CompiledInstance, compileInstance } from './instances.js';
import { buildVocabulary, compileManifest, declaredNames } from './manifests.js';
import { compileOrKeep, type Outcome } from './outcome.js';
import { type CompiledOwn, compileOwn, gatherOwn, type OwnSet } from './own-resources.js';
import { type CompiledRule, compileRule } from './rules.js';
import { findAboutUses } from './use-findings.js';

/** What a configuration is compiled from. */
export interface ConfigurationInput {
  readonly resources: readonly Resource[];
  readonly adapters: readonly Adapter[];
  readonly templates: readonly Template[];
  /** Last good versions by the store's key of a resource, from the configuration before. */
  readonly former?: ReadonlyMap<string, Resource> | undefined;
  readonly engine?: Engine | undefined;
}

/** A compiled configuration: everything but built handlers. Making one touches nothing of the outside world. */
export interface Configuration {
  readonly vocabulary: Vocabulary;
  readonly rules: readonly CompiledRule[];
  /** The handlers that some rule uses, with what they will be given. */
  readonly uses: readonly HandlerUse[];
  /** The resources of adapters' own kinds; only adapters that declare some. */
  readonly own: ReadonlyMap<Adapter, OwnSet>;
  /** Sorted; all of them, of any severity. */
  readonly diagnostics: readonly Diagnostic[];
  /** The versions to fall back on next time, by the store's key of a resource. */
  readonly good: ReadonlyMap<string, Resource>;
  readonly counters: ConfigCounters;
}

/** Compiles resources into a configuration. Never throws for bad input: the diagnostics tell what was left out. */
export function compileConfiguration(input: ConfigurationInput): Configuration {
  return new Compilation(input).run();
}

class Compilation {
  readonly #kinds: Kinds;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #good = new Map<string, Resource>();
  readonly #errors = new Map<string, number>();

  constructor(private readonly input: ConfigurationInput) {
    this.#kinds = createKinds(input.adapters, input.templates);
  }

  run(): Configuration {
    const subjects = this.#classify();
    const { vocabulary, isReported } = this.#buildVocabulary(subjects);
    const attributes = vocabulary.size;
    const expressions = new Expressions(vocabulary, { engine: this.input.engine, isReported });
    const kinds = this.#kinds;

    const handlers = this.#compileAll<HandlerConfig>(subjects, 'handler', (resource, { role }) =>
      compileHandler(resource, role.role === 'handler' ? role.legacy : undefined, kinds),
    );
    const instances = this.#compileAll<CompiledInstance>(subjects, 'instance', (resource, { role }) =>
      compileInstance(resource, role.role === 'instance' ? role.legacy : undefined, { kinds, expressions, isReported }),
    );
    const own = this.#gatherOwn(subjects);
    const context = { vocabulary, expressions, handlers, instances };
    const compiled = this.#compileAll<CompiledRule>(subjects, 'rule', (resource) => compileRule(resource, context));
    const rules = [...compiled.values()].map(({ value }) => value).filter((rule) => rule !== undefined);
    expressions.forget();
    const uses = collectUses(rules, own);
    this.#diagnostics.push(...findAboutUses(uses));
    return {
      vocabulary,
      rules,
      uses,
      own,
      diagnostics: this.#diagnostics.sort(compareDiagnostics),
      good: this.#good,
      counters: countConfig({ attributes, subjects, errors: this.#errors, diagnostics: this.#diagnostics }),
    };
  }

  #classify(): readonly Classified[] {
    const latest = takeLatest(this.input.resources);
    this.#diagnostics.push(...latest.diagnostics);
    const subjects: Classified[] = [];
    for (const resource of latest.resources.values()) {
      const subject = { resource, role: this.#kinds.roleOf(resource.kind) };
      subjects.push(subject);
      for (const rule of resourceRules) {
        const finding = rule(subject, this.#kinds);
        if (finding !== undefined) this.#report(subject, [finding]);
      }
    }
    return subjects;
  }

  #buildVocabulary(subjects: readonly Classified[]): {
    readonly vocabulary: Vocabulary;
    readonly isReported: (attribute: string) => boolean;
  } {
    const reported = new Set<string>();
    const manifests = subjects.filter(({ role }) => role.role === 'manifest').sort(byNamespaceAndName);
    const declarations = [...this.#compileAll(manifests, 'manifest', compileManifest).values()];
    for (const { resource } of manifests) {
      if (this.#good.get(resourceId(resource)) === resource) continue;
      for (const name of declaredNames(resource)) reported.add(name);
    }
    const { vocabulary, diagnostics } = buildVocabulary(
      standardManifest,
      this.input.templates,
      declarations.flatMap(({ value }) => value ?? []),
    );
    this.#diagnostics.push(...diagnostics);
    return { vocabulary, isReported: (attribute) => reported.has(attribute) };
  }

  #gatherOwn(subjects: readonly Classified[]): ReadonlyMap<Adapter, OwnSet> {
    const compiled = this.#compileAll<CompiledOwn>(subjects, 'own', (resource, { role }) =>
      compileOwn(resource, role.role === 'own' ? role.adapter : undefined),
    );
    const adapters = this.#kinds.adapterNames.map((name) => this.#kinds.adapter(name));
    const { own, diagnostics } = gatherOwn(
      adapters.filter((adapter) => adapter !== undefined),
      [...compiled.values()].map(({ value }) => value).filter((value) => value !== undefined),
    );
    this.#diagnostics.push(...diagnostics);
    return own;
  }

  /** Compiles all resources of a role, by key, falling back on their last good versions. */
  #compileAll<T>(
    subjects: readonly Classified[],
    role: Classified['role']['role'],
    compile: (resource: Resource, subject: Classified) => Outcome<T>,
  ): Map<string, Present<T>> {
    const found = new Map<string, Present<T>>();
    for (const subject of subjects) {
      if (subject.role.role !== role) continue;
      const { resource } = subject;
      const id = resourceId(resource);
      const { value, diagnostics, good } = compileOrKeep(resource, this.input.former?.get(id), (version) =>
        compile(version, subject),
      );
      if (good !== undefined) this.#good.set(id, good);
      this.#report(subject, diagnostics);
      found.set(resourceKey(resource), { value });
    }
    return found;
  }

  #report({ role }: Classified, diagnostics: readonly Diagnostic[]): void {
    this.#diagnostics.push(...diagnostics);
    if (hasErrors(diagnostics)) this.#errors.set(role.role, (this.#errors.get(role.role) ?? 0) + 1);
  }
}

function byNamespaceAndName({ resource: a }: Classified, { resource: b }: Classified): number {
  const [left, right] = [`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
