// Makes Grafana's JSON of dashboards/source.yaml. `--check` writes nothing and fails when a file is not up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../dashboards');
const columns = 24;
const statSize = { w: 6, h: 4 };
const graphSize = { w: 12, h: 8 };
const datasource = { type: 'prometheus', uid: '${datasource}' };

const grafanaExpression = (text) => text.replaceAll('$rate]', '$__rate_interval]').replaceAll(/\s+/g, ' ').trim();

function variable(name, values) {
  const common = { name, label: name, hide: 0, includeAll: false, multi: false };
  if (Array.isArray(values)) {
    const options = values.map((value, at) => ({ text: value, value, selected: at === 0 }));
    return { ...common, type: 'custom', query: values.join(','), current: options[0], options };
  }
  const query = grafanaExpression(values);
  return { ...common, type: 'query', datasource, definition: query, query, refresh: 2, sort: 1 };
}

function panel({ title, description = '', unit, queries }, { id, type, gridPos }) {
  const targets = Object.entries(queries).map(([legendFormat, expr], at) => ({
    refId: String.fromCharCode(65 + at),
    datasource,
    expr: grafanaExpression(expr),
    legendFormat,
    ...(type === 'stat' ? { instant: true } : {}),
  }));
  const range = unit === 'percentunit' && type === 'timeseries' ? { min: 0 } : {};
  return {
    id,
    type,
    title,
    description,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit, ...range }, overrides: [] },
    options: type === 'stat' ? {} : { legend: { showLegend: true, displayMode: 'table', placement: 'bottom' } },
    targets,
  };
}

function layOut(rows) {
  const panels = [];
  let y = 0;
  const place = (list, type, { w, h }) => {
    for (const [at, one] of list.entries()) {
      const gridPos = { x: (at * w) % columns, y: y + Math.floor((at * w) / columns) * h, w, h };
      panels.push(panel(one, { id: panels.length + 1, type, gridPos }));
    }
    y += Math.ceil((list.length * w) / columns) * h;
  };
  for (const { title, stats = [], graphs = [] } of rows) {
    const gridPos = { x: 0, y, w: columns, h: 1 };
    panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos, panels: [] });
    y += 1;
    place(stats, 'stat', statSize);
    place(graphs, 'timeseries', graphSize);
  }
  return panels;
}

function dashboard(name, { title, description, variables = {}, rows }) {
  const source = { name: 'datasource', label: 'data source', type: 'datasource', query: 'prometheus', hide: 0 };
  const list = [source, ...Object.entries(variables).map(([key, values]) => variable(key, values))];
  return {
    uid: `fairlead-${name}`,
    title,
    description,
    tags: ['fairlead'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list },
    annotations: { list: [] },
    links: [{ title: 'Fairlead', type: 'dashboards', tags: ['fairlead'], asDropdown: true, keepTime: true }],
    panels: layOut(rows),
  };
}

const source = parse(readFileSync(join(folder, 'source.yaml'), 'utf8'));
const style = await resolveConfig(join(folder, 'source.yaml'));
const check = process.argv.includes('--check');
for (const [name, description] of Object.entries(source)) {
  const file = join(folder, `${name}.json`);
  const text = await format(JSON.stringify(dashboard(name, description)), { ...style, parser: 'json' });
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (check) {
    console.error(`dashboards/${name}.json is not up to date: node scripts/dashboards.mjs`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
