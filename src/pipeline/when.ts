import type { Predicate } from "../model/index.ts";
import type { Step } from "./step.ts";

/** An output's `when` as a step: keeps the points for which it is true; what cannot be evaluated is false, counted. */
export function whenStep(predicate: Predicate, source: string, countUnknown: (by: number) => void): Step {
  return {
    id: "when",
    fingerprint: source,
    processor: {
      process(points) {
        let unknown = 0;
        const kept = points.filter((point) => {
          const answer = predicate.test(point);
          if (answer === undefined) unknown += 1;
          return answer === true;
        });
        if (unknown > 0) countUnknown(unknown);
        return kept;
      },
    },
  };
}
