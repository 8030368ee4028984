/**
 * Makes one part of a plan with its plugin.
 * @param what the part as a person knows it, such as `input grill`
 * @throws Error that names the part
 */
export function create<Made>(what: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${what} cannot be started: ${reason}; see its settings`, { cause: error });
  }
}
