import { reasonOf } from "../plugin/index.ts";

/**
 * Makes one part of a plan with its plugin.
 * @param what the part as a person knows it, such as `input grill`
 * @param functions those that it must have: a plugin in JavaScript may lack one
 * @throws Error that names the part
 */
export function create<Made>(what: string, make: () => Made, functions: readonly (keyof Made & string)[] = []): Made {
  const made = attempt(what, make);
  const missing = functions.filter((name) => typeof made[name] !== "function");
  if (missing.length === 0) return made;
  throw new Error(`${what} cannot be started: its plugin made something without ${missing.join("() and ")}()`);
}

function attempt<Made>(what: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    const reason = reasonOf(error);
    throw new Error(`${what} cannot be started: ${reason}; see its settings`, { cause: error });
  }
}
