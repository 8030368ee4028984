import { expect, it } from "vitest";
import { reportPort } from "./report-port.ts";

const never = new AbortController().signal;
/** To open it fails: what was not opened does not say so. */
const port = { path: "/nowhere", usb: undefined };
const seen = [{ id: "5EED1234", baud: 115_200, path: "/nowhere", usb: "" }];

it("a port is opened when our board was there before or the user has named it, and left alone otherwise", async () => {
  expect(await reportPort(port, [], false, never)).toEqual({ ...port, kind: "not asked" });
  expect(await reportPort(port, seen, false, never)).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("is not there"),
  });
  expect(await reportPort(port, [], true, never)).toMatchObject({ kind: "failed" });
});

it("who has ended the command is told so", async () => {
  await expect(reportPort(port, [], true, AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
});
