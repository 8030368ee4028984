import { describe, expect, it } from "vitest";
import { type BootloaderFaults, scriptBootloader } from "../../test/parts/bootloader.ts";
import { NoBootloader } from "./flash-error.ts";
import { Stk500 } from "./stk500.ts";
import { readStart, upload } from "./upload.ts";

const never = new AbortController().signal;
const PATIENCE = { attempts: 3, answerMs: 100 };
const program = Uint8Array.from({ length: 1_000 }, (_, index) => (index * 7) % 256);

async function write(faults: BootloaderFaults, signal = never) {
  const { stream, flash } = scriptBootloader(faults);
  const bootloader = new Stk500(stream);
  const seen: string[] = [];
  await bootloader.sync(signal, PATIENCE);
  await upload(bootloader, program, (step, done, of) => seen.push(`${step} ${done}/${of}`), signal);
  return { flash, seen };
}

describe("an upload", () => {
  it("writes every page, fills the last one, reads all back, and says how far it is", async () => {
    const { flash, seen } = await write({});
    expect(flash.subarray(0, 1_000)).toEqual(Buffer.from(program));
    expect(flash.subarray(1_000).every((byte) => byte === 0xff)).toBe(true);
    expect(seen).toHaveLength(16);
    expect(seen.at(0)).toBe("write 1/8");
    expect(seen.at(-1)).toBe("verify 8/8");
  });

  it("finds the bootloader behind what the sketch has said, answers of a bootloader among it", async () => {
    const { flash } = await write({ chatter: "volts=2.5\n\x14\x10\x14\x10\x14" });
    expect(flash.subarray(0, 1_000)).toEqual(Buffer.from(program));
  });

  it.each([
    [[0x1e, 0x98, 0x01], "the board's chip is ATmega2560 (signature 1E9801)"],
    [[0x00, 0x00, 0x00], "the board's chip is unknown (signature 000000)"],
  ] as const)("writes nothing to a chip with signature %j", async (signature, message) => {
    const { stream, flash } = scriptBootloader({ signature });
    await expect(upload(new Stk500(stream), program, () => {}, never)).rejects.toThrow(message);
    expect(flash.every((byte) => byte === 0xff)).toBe(true);
  });

  it("takes an ATmega328 for the ATmega328P that it is without low power", async () => {
    const { flash } = await write({ signature: [0x1e, 0x95, 0x14] });
    expect(flash[1]).toBe(7);
  });

  it("names the byte that is not what was written", async () => {
    await expect(write({ worn: 300 })).rejects.toThrow("0x012C holds B4 where 34 was written");
  });

  it("names what was asked when the answers stop, and says that the program is not whole", async () => {
    await expect(write({ silentAt: 0x64 })).rejects.toThrow(
      "stopped answering when asked to write at 0x0000; the program on the board is not whole now: flash it again",
    );
  });

  it.each([
    ["before anything is written", 0x50, [0x15, 0x10], /to begin$/],
    [
      "while it reads back",
      0x74,
      [0x14, ...program.subarray(0, 128), 0x11],
      /to read at 0x0000; the program on the board is not whole now: flash it again$/,
    ],
    ["when all is verified", 0x51, [0x15, 0x10], /to start the program, which is written and verified$/],
  ])("names what was asked when the answer is another %s", async (_when, command, answer, message) => {
    const wrongAnswerTo = { command, answer };
    await expect(write({ wrongAnswerTo })).rejects.toThrow(message);
  });

  it("stops when it is told to, with the reason", async () => {
    const stop = new AbortController();
    const { stream } = scriptBootloader({});
    const onProgress = () => stop.abort(new Error("unplugged"));
    await expect(upload(new Stk500(stream), program, onProgress, stop.signal)).rejects.toThrow("unplugged");
  });
});

describe("the search for a bootloader", () => {
  it("is not led astray by answers to its earlier questions, which come late", async () => {
    const { stream } = scriptBootloader({ lateUntil: 3 });
    const bootloader = new Stk500(stream);
    await bootloader.sync(never, PATIENCE);
    expect(await bootloader.signature(never)).toBe(0x1e_95_0f);
  });

  it("ends when nothing answers, and says that nothing came", async () => {
    const { stream } = scriptBootloader({ silentAt: 0x30 });
    const failure = await new Stk500(stream).sync(never, PATIENCE).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NoBootloader);
    expect(failure).toMatchObject({ heard: 0 });
  });

  it("ends when something else answers, and says how much came", async () => {
    const { stream } = scriptBootloader({ wrongAnswerTo: { command: 0x30, answer: [0x66, 0x98] } });
    const failure = await new Stk500(stream).sync(never, PATIENCE).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "NoBootloader", heard: 6 });
  });

  it("lets go of the stream", () => {
    const { stream } = scriptBootloader();
    new Stk500(stream).release();
    expect(stream.listenerCount("data")).toBe(0);
  });
});

describe("the start of the flash", () => {
  it("is read of the chip that it is for alone", async () => {
    const { stream } = scriptBootloader({ signature: [0x1e, 0x98, 0x01] });
    await expect(readStart(new Stk500(stream), 1_024, never)).rejects.toThrow("the board's chip is ATmega2560");
  });

  it("is read in pages", async () => {
    const { stream, flash } = scriptBootloader();
    flash.write("hello", 500);
    const start = await readStart(new Stk500(stream), 1_024, never);
    expect(start).toEqual(flash.subarray(0, 1_024));
  });
});
