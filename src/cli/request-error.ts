/** What was asked for is wrong: the command ends with status 1. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}
