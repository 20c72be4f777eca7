import rbac from 'fairlead/adapters/rbac';
import type { Handler, Instance } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import { decodeParams, decodeResources, fakeCall, fakeEnv } from 'fairlead/testing';
import { type BenchResult, median } from './result.js';

const roleCount = 1000;
const goalMicros = 5;
const rounds = 15;
const callsPerRound = 20_000;

type Patterns = (index: number) => string;

interface Case {
  readonly name: string;
  /** What role number `index` is for. */
  readonly service: Patterns;
  readonly rule: Patterns;
  /** What the calls ask for, allowed or not. */
  readonly asked: Patterns;
}

const version = "constraints: [{ key: 'destination.labels[version]', values: [v1, v2] }]";

const cases: readonly Case[] = [
  {
    name: 'rbac: 1,000 roles, a third each by name, prefix and suffix',
    service: (index) => [`svc-${index}.ns.svc`, `team-${index}-*`, `'*-app-${index}.ns.svc'`][index % 3]!,
    rule: () => `methods: [GET], paths: [/api/*], ${version}`,
    asked: (index) => [`svc-${index}.ns.svc`, `team-${index}-x.ns.svc`, `my-app-${index}.ns.svc`][index % 3]!,
  },
  {
    name: 'rbac: 1,000 roles of one name, told apart by path',
    service: () => 'svc.ns.svc',
    rule: (index) => `methods: [GET], paths: [/api/${index}/*]`,
    asked: () => 'svc.ns.svc',
  },
  {
    name: 'rbac: 1,000 roles for all services, told apart by user',
    service: () => "'*'",
    rule: () => 'methods: [GET]',
    asked: () => 'svc.ns.svc',
  },
];

/** A check against a table of 1,000 roles with a binding each, all in one namespace, from instance to answer. */
export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const one of cases) results.push(await measure(one));
  return results;
}

async function measure({ name, service, rule, asked }: Case): Promise<BenchResult> {
  const handler = await open((index) => `services: [${service(index)}], ${rule(index)}`);
  const instances = Array.from({ length: 64 }, (_, turn) => instanceOf(asked, turn));
  const call = fakeCall();
  let allowed = 0;
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint();
    for (let turn = 0; turn < callsPerRound; turn += 1) {
      const answer = handler.handleAuthorization(instances[turn & 63]!, call);
      if (!('status' in answer)) allowed += 1;
    }
    samples.push(Number(process.hrtime.bigint() - start) / callsPerRound / 1000);
  }
  const share = allowed / rounds / callsPerRound;
  if (share < 0.4 || share > 0.6) throw new Error(`${share} of the calls were allowed, not half of them`);
  const micros = median(samples);
  return {
    name,
    ours: `${micros.toFixed(2)} us`,
    opponent: '',
    ratio: undefined,
    goal: `<= ${goalMicros} us`,
    met: micros <= goalMicros,
  };
}

async function open(rule: Patterns): Promise<Handler<typeof authorization>> {
  const yaml = Array.from({ length: roleCount }, (_, index) => [
    `kind: ServiceRole\nmetadata: { name: role-${index} }\nspec: { rules: [{ ${rule(index)} }] }\n`,
    `kind: ServiceRoleBinding\nmetadata: { name: role-${index} }\nspec: { subjects: [{ user: user-${index} }], ` +
      `roleRef: { kind: ServiceRole, name: role-${index} } }\n`,
  ]).flat();
  const { resources, problems } = decodeResources(rbac, yaml.join('---\n'));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { config } = decodeParams(rbac, '');
  return rbac.build({ name: 'bench', config, types: { authorization: new Map() }, resources, env: fakeEnv() });
}

/** Every other call is by the one who has the role; the roles are spread over the whole table. */
function instanceOf(asked: Patterns, turn: number): Instance<typeof authorization> {
  const index = (turn * 367) % roleCount;
  return {
    name: 'a',
    subject: { user: turn % 2 === 0 ? `user-${index}` : 'nobody', groups: '', properties: bare({}) },
    action: {
      namespace: 'default',
      service: asked(index),
      method: 'GET',
      path: `/api/${index}/x`,
      properties: bare({ 'destination.labels': new Map([['version', 'v2']]) }),
    },
  };
}

function bare<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, entries);
}
