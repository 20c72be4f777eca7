import type { LoadResult } from '../parse.js';
import { resourceKey } from '../resource.js';
import type { ConfigStore } from './store.js';

/**
 * Lays a store over resources that are there from the start. Where both have one of the same kind, name and namespace
 * the store's counts; when it goes, the other one is back.
 */
export function withDefaults(store: ConfigStore, defaults: LoadResult): ConfigStore {
  const lay = (state: LoadResult): LoadResult => layOver(defaults, state);
  return {
    current: () => lay(store.current()),
    start: () => store.start(),
    onChange: (listener) => store.onChange((state) => listener(lay(state))),
    close: () => store.close(),
  };
}

/** Puts what is given over defaults: resources of the same kind, name and namespace replace those of the defaults. */
export function layOver(defaults: LoadResult, given: LoadResult): LoadResult {
  const taken = new Set(given.resources.map(resourceKey));
  const left = defaults.resources.filter((resource) => !taken.has(resourceKey(resource)));
  return {
    resources: [...left, ...given.resources],
    diagnostics: [...defaults.diagnostics, ...given.diagnostics],
  };
}
