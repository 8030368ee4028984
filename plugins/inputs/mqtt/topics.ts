import { BytesMemo } from "fieldline/plugin";
import { fingerprint } from "./fingerprint.ts";
import type { Verdict } from "./topic-rules.ts";

/** What is known of a topic. */
export interface Topic {
  readonly text: string;
  readonly verdict: Verdict;
  /** Of its bytes: where the fingerprint of a message begins. */
  readonly fingerprint: number;
}

/** Finds out what is known of the topic that lies between two places of some bytes. */
export type TopicAt = (bytes: Buffer, start: number, end: number) => Topic;

/** Topics that are remembered, and the most bytes that such a one has. */
const REMEMBERED = 2 ** 18;
const LONGEST = 120;

/** Topics as they come from a broker, judged; what comes again and again is known by its bytes. */
export function topicsOf(judge: (topic: string) => Verdict): TopicAt {
  const memo = new BytesMemo<Topic>(
    (bytes, start, end) => {
      const text = bytes.toString("utf8", start, end);
      return { text, verdict: judge(text), fingerprint: fingerprintOf(text) };
    },
    REMEMBERED,
    LONGEST,
  );
  return (bytes, start, end) => memo.of(bytes, start, end);
}

/** The fingerprint of a topic's bytes. */
export function fingerprintOf(topic: string): number {
  return fingerprint(Buffer.from(topic), 0);
}
