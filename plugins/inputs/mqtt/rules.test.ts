import { expect, it } from "vitest";
import { backoff } from "./backoff.ts";
import { droppedCount } from "./dropped.ts";
import { explain } from "./explain.ts";
import { parsePattern } from "./pattern.ts";
import { DROPPED_TOPIC, topicRules } from "./topic-rules.ts";

it("topics are taken, excluded, told from others of the broker's filter, or left over from before", () => {
  const verdict = topicRules(["home/sensor-{id}", "bbq/#"].map(parsePattern), ["bbq/test/+"].map(parsePattern));
  const topics = ["home/sensor-1", "bbq/a", "bbq/test/a", "home/gate", "old/topic", DROPPED_TOPIC];
  for (const _ of [1, 2])
    expect(topics.map(verdict)).toEqual(["take", "take", "excluded", "other_topics", "take", "dropped"]);
  expect(topicRules([parsePattern("$SYS/#")], [])(DROPPED_TOPIC)).toBe("take");
});

it("waits grow to half a minute, with jitter", () => {
  const longest = [1, 2, 3, 8, 9, 1000].map((failures) => backoff(failures, () => 0));
  expect(longest).toEqual([250, 500, 1000, 30_000, 30_000, 30_000]);
  expect(backoff(1, () => 1)).toBe(125);
});

it("the broker's count of dropped messages is followed, also when the broker begins anew", () => {
  const added: number[] = [];
  const count = droppedCount((messages) => added.push(messages));
  for (const text of ["100", "100", "103", "2", "what", "3"]) count(Buffer.from(text));
  expect(added).toEqual([3, 2, 1]);
});

it("a lost connection is explained with what to do", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
  expect(explain("mqtt://h:1", new AggregateError([refused], ""))).toBe(
    "no connection to mqtt://h:1: connect ECONNREFUSED 127.0.0.1:1; is the broker running, and is the port right?",
  );
  expect(explain("mqtt://h:1", new Error("Connection refused: Not authorized"))).toContain(
    "check username and password",
  );
  expect(explain("mqtt://h:1", "odd")).toBe("no connection to mqtt://h:1: odd");
});
