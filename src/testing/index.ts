export { FakeClock, type FakeScheduler } from './fake-clock.js';
export { fakeCall, type FakeEnv, fakeEnv, type LoggedLine, type SharedSource } from './fake-env.js';
export { type DecodedParams, decodeParams, type ParamsProblem } from './params.js';
export { sampleInstance, sampleName, sampleTypes } from './sample-instance.js';
export { adapterRules, adapterSuite } from './suite/adapter-suite.js';
export type { AdapterSuiteOptions, BadParams, TestFunction } from './suite/options.js';
export type { Rule } from './suite/rule.js';
