/** The conformance suite, as "fieldline/testing": what the contract asks of every plugin, for any test runner. */
export { conformance, type ConformanceOptions } from "./conformance.ts";
export type { ConformanceTest } from "./conformance-test.ts";
