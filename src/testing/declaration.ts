import assert from "node:assert/strict";
import { parse } from "yaml";
import type { AnyPlugin } from "../plugin/index.ts";
import { describeSettings, objectSchema } from "../schema/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { readExample, settingsOf } from "./examples.ts";

/** Gives what is wrong with a value, or nothing. */
export type JsonValidator = (value: unknown) => string | undefined;

/** What a plugin says of itself. */
export function declarationTests(
  plugin: AnyPlugin,
  jsonSchema: ((schema: Record<string, unknown>) => JsonValidator) | undefined,
): ConformanceTest[] {
  const tests: ConformanceTest[] = [
    { name: "has a name in lower case and a summary of one line", run: () => checkNames(plugin) },
    { name: "describes every setting", run: () => checkDescriptions(plugin) },
    { name: "has examples that its own settings take", run: () => checkExamples(plugin) },
  ];
  if (jsonSchema === undefined) return tests;
  const name = "has a JSON Schema that takes its examples and no unknown key";
  return [...tests, { name, run: () => checkJsonSchema(plugin, jsonSchema) }];
}

function checkNames({ name, summary }: AnyPlugin): void {
  assert.match(name, /^[a-z][a-z0-9_]*$/);
  assert.match(summary, /^\S.*\.$/, "a summary is one sentence");
}

function checkDescriptions(plugin: AnyPlugin): void {
  for (const { name, description } of describeSettings(plugin.settings))
    assert.ok(description.trim() !== "", `the setting ${name} has no description`);
}

function checkExamples(plugin: AnyPlugin): void {
  assert.ok(plugin.examples.length > 0, "there is no example");
  for (const example of plugin.examples) {
    const { type } = parse(example) as { type?: unknown };
    assert.equal(type, plugin.name, `the example is of another type:\n${example}`);
    settingsOf(plugin, example);
  }
}

function checkJsonSchema(plugin: AnyPlugin, compile: (schema: Record<string, unknown>) => JsonValidator): void {
  const problemOf = compile(objectSchema(plugin.settings));
  for (const example of plugin.examples) {
    const tree = readExample(plugin, example, "core");
    assert.equal(problemOf(tree), undefined, `the schema refuses what the settings take:\n${example}`);
    assert.notEqual(problemOf({ ...tree, no_such_key: 1 }), undefined, "the schema takes a key that there is not");
  }
}
