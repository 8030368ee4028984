import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

/**
 * A vitest reporter that closes a run with `N passed, N failed` alone on a line, for programs that count tests.
 * A test file that could not be loaded and an error outside of any test count as a failed test each.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], _reason: TestRunEndReason): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((other) => other === state).length;
    const unloaded = modules.filter((module) => module.errors().length > 0).length;
    const skipped = states.length - count("passed") - count("failed");
    const parts = [`${count("passed")} passed`, `${count("failed") + unloaded + errors.length} failed`];
    if (skipped > 0) parts.push(`${skipped} skipped`);
    process.stdout.write(`\n${parts.join(", ")}\n`);
  }
}
