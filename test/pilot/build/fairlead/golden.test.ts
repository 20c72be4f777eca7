import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { ProxyConfig } from '../../../../src/gen/fairlead/proxy/v1/config.js';
import { type BuildOptions, buildProxyConfig } from '../../../../src/pilot/build/fairlead/index.js';
import { compileChainMatch } from '../../../../src/proxy/listeners/chain-match.js';
import { compileRouteTable } from '../../../../src/proxy/routing/index.js';
import { modelOf, proxyOf } from '../../support.js';
import { plain } from './print.js';

// A folder for each case: config.yaml, case.yaml (the proxy, the options, and what to look at) and want.json.
// To write the last anew: UPDATE=1 npm run unit -- test/pilot/build/fairlead/golden.test.ts, then format it with prettier
// and read the difference.
const folder = join(import.meta.dirname, '../../../corpus/pilot/build');

interface Case {
  readonly proxy?: Parameters<typeof proxyOf>[0];
  readonly options?: Omit<BuildOptions, 'annotations'> & { readonly annotations?: Record<string, string> };
  /** Names of what is compared, by list of the configuration; `*` for all. */
  readonly show: Readonly<Record<string, readonly string[] | '*'>>;
}

function build(name: string) {
  const { proxy, options = {}, show } = parse(readFileSync(join(folder, name, 'case.yaml'), 'utf8')) as Case;
  const model = modelOf(readFileSync(join(folder, name, 'config.yaml'), 'utf8'));
  const problems: string[] = [];
  const { annotations = {}, ...rest } = options;
  const config = buildProxyConfig(model, proxyOf(proxy), {
    ...rest,
    annotations: new Map(Object.entries(annotations)),
    onProblem: (message) => problems.push(message),
  });
  return { config, problems, show, diagnostics: model.diagnostics };
}

function pick(list: unknown, names: readonly string[] | '*'): unknown {
  if (names === '*' || !Array.isArray(list)) return plain(list);
  const nameOf = (item: { name?: string; cluster?: string }) => item.name ?? item.cluster ?? '';
  return list.filter((item) => names.includes(nameOf(item))).map((item) => plain(item));
}

describe('the configuration of the proxy', () => {
  for (const name of readdirSync(folder)) {
    it(`is as wanted for ${name}`, () => {
      const { config, problems, show } = build(name);
      const sent = ProxyConfig.decode(ProxyConfig.encode(config).finish());
      const got = {
        ...Object.fromEntries(
          Object.entries(show).map(([key, names]) => [key, pick(sent[key as keyof ProxyConfig], names)]),
        ),
        ...(problems.length > 0 ? { problems } : {}),
      };
      const path = join(folder, name, 'want.json');
      if (process.env['UPDATE'] === '1') writeFileSync(path, `${JSON.stringify(got, null, 2)}\n`);
      assert(existsSync(path), `${path} is there`);
      assert.deepEqual(got, JSON.parse(readFileSync(path, 'utf8')));
    });

    it(`is one that the proxy takes, for ${name}`, () => {
      const { config } = build(name);
      for (const table of config.routeTables) compileRouteTable(table);
      const tables = new Set(config.routeTables.map((table) => table.name));
      for (const { chains } of config.listeners) {
        compileChainMatch(chains.map((chain) => ({ match: chain.match, endsTls: false, value: chain })));
        for (const { http } of chains) {
          if (http?.inline !== undefined) compileRouteTable(http.inline);
          else if (http !== undefined) assert(tables.has(http.routeTable ?? ''), `there is a table ${http.routeTable}`);
        }
      }
    });
  }
});
