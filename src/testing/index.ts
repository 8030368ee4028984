/** The conformance suite, as "fieldline/testing": what the contract asks of every plugin, for any test runner. */
export { conformance, type ConformanceOptions, type ConformanceTest } from "./conformance.ts";
