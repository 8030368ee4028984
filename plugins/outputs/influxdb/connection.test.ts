import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import { type Certificates, makeCertificates } from "../../../test/parts/certificates.ts";
import { type CreatedOutput, createOutput } from "../../../test/parts/create-output.ts";
import { type Answer, type HttpSink, startHttpSink } from "../../../test/parts/http-sink.ts";
import { freePort, until } from "../../../test/parts/program.ts";
import influxdb from "./index.ts";

const cleanups: (() => Promise<unknown>)[] = [];
const { signal } = new AbortController();

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startSink(...args: Parameters<typeof startHttpSink>): Promise<HttpSink> {
  const sink = await startHttpSink(...args);
  cleanups.push(sink.stop);
  return sink;
}

function create(url: string, tree: object = {}): CreatedOutput {
  const output = createOutput(influxdb, { url, database: "bbq", ...tree });
  cleanups.push(async () => output.close?.());
  return output;
}

function unavailable(words: string): object {
  return { kind: "unavailable", message: expect.stringContaining(words) as string };
}

describe("the connections of the influxdb output", () => {
  it("uses them again, after refusals and long answers too, and closes them at the end", async () => {
    const sink = await startSink();
    const output = create(sink.url);
    for (let n = 0; n < 20; n++) {
      sink.next(n % 2 === 0 ? { status: 204 } : { status: 500, body: "x".repeat(500_000) });
      await output.write([`m v=${n} 1`], signal).catch(() => {});
    }
    expect(sink.requests).toHaveLength(20);
    // undici takes a second one where the first has not been given back yet.
    expect(sink.connections()).toBeLessThanOrEqual(2);
    await output.close?.();
    await until("the connections to be closed", () => sink.open() === 0);
  });

  it("opens no more than sixteen, however many batches are in flight", async () => {
    const sink = await startSink();
    const output = create(sink.url);
    await Promise.all(Array.from({ length: 100 }, async (_, n) => output.write([`m v=${n} 1`], signal)));
    expect(sink.lines).toHaveLength(100);
    expect(sink.connections()).toBeLessThanOrEqual(16);
  });

  it("ends at once when it is called off, and leaves no request behind", async () => {
    const sink = await startSink();
    const output = create(sink.url);
    sink.always("stall");
    const stop = new AbortController();
    const writing = Promise.all(
      Array.from({ length: 20 }, async () =>
        expect(output.write(["m v=1 1"], stop.signal)).rejects.toMatchObject(
          unavailable("had not answered when the write was called off"),
        ),
      ),
    );
    await until("the requests to be there", () => sink.requests.length === 16);
    stop.abort();
    await writing;
    await until("the connections to be closed", () => sink.open() === 0);
    await expect(output.write(["m v=1 1"], AbortSignal.timeout(50))).rejects.toMatchObject(unavailable("called off"));
    await until("that connection to be closed, too", () => sink.open() === 0);
    await expect(output.write(["m v=1 1"], AbortSignal.abort())).rejects.toMatchObject({ kind: "unavailable" });
    sink.always({ status: 204 });
    await output.write(["m v=1 1"], signal);
    expect(sink.lines).toEqual(["m v=1 1"]);
  });

  it.each<[Answer, string]>([
    ["reset", "closed the connection before its answer was whole"],
    ["cut", "closed the connection before its answer was whole"],
    ["garbage", "does not speak HTTP: check the port, or use https"],
  ])("takes %s for an outage, and goes on", async (answer, words) => {
    const sink = await startSink();
    const output = create(sink.url);
    sink.next(answer);
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject(unavailable(words));
    await output.write(["m v=1 1"], signal);
    expect(sink.lines).toEqual(["m v=1 1"]);
  });

  it("says that nobody listens, that a name is unknown, and hides what else the URL holds", async () => {
    const port = await freePort();
    const refused = create(`http://localhost:${port}/path?key=12345`).write(["m v=1 1"], signal);
    await expect(refused).rejects.toMatchObject({
      kind: "unavailable",
      message: `localhost:${port} refused the connection: is the store running, and is the port right?`,
    });
    const unknown = create("http://no-such-host.invalid:8086").write(["m v=1 1"], signal);
    await expect(unknown).rejects.toMatchObject(unavailable("the host name no-such-host.invalid "));
  });

  it("gives up an answer without end, and the connection with it", async () => {
    const sink = await startSink();
    sink.next({ status: 400, body: "x".repeat(5_000_000) });
    await expect(create(sink.url).write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "refused" });
    await until("the connection to be closed", () => sink.open() === 0);
  });

  it("reads error headers of a megabyte, and takes larger ones than it reads for a refusal", async () => {
    const sink = await startSink();
    const output = create(sink.url);
    sink.next({ status: 400, headers: { "x-influxdb-error": "x".repeat(1_000_000) } });
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "refused" });
    sink.next({ status: 400, headers: { "x-influxdb-error": "x".repeat(17_000_000) } });
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "refused" });
  });
});

describe("the influxdb output over TLS", () => {
  let folder = "";
  let files: Certificates;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldline-tls-"));
    files = await makeCertificates(folder);
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  async function startTls(more: object = {}): Promise<HttpSink> {
    return startSink({ cert: readFileSync(files.serverCert), key: readFileSync(files.serverKey), ...more });
  }

  it("trusts an authority of the user's own, or nobody", async () => {
    const sink = await startTls();
    await create(sink.url, { tls: { ca: files.ca } }).write(["m v=1 1"], signal);
    await create(sink.url, { tls: { verify: "false" } }).write(["m v=2 2"], signal);
    expect(sink.lines).toEqual(["m v=1 1", "m v=2 2"]);
    await expect(create(sink.url).write(["m v=1 1"], signal)).rejects.toMatchObject(unavailable("set tls.ca"));
  });

  it("shows a certificate of its own, and says when the store wants one", async () => {
    const sink = await startTls({ ca: readFileSync(files.ca), requestCert: true, rejectUnauthorized: true });
    const tls = { ca: files.ca, cert: files.clientCert, key: files.clientKey };
    await create(sink.url, { tls }).write(["m v=1 1"], signal);
    expect(sink.lines).toEqual(["m v=1 1"]);
    const without = create(sink.url, { tls: { ca: files.ca } }).write(["m v=1 1"], signal);
    await expect(without).rejects.toMatchObject(unavailable("tls.cert and tls.key"));
  });

  it("says when the certificate is for another name", async () => {
    const cert = { cert: readFileSync(files.clientCert), key: readFileSync(files.clientKey) };
    const sink = await startSink(cert);
    const write = create(sink.url, { tls: { ca: files.ca } }).write(["m v=1 1"], signal);
    await expect(write).rejects.toMatchObject(unavailable("made out to another name"));
  });

  it("says when the port speaks no TLS, and when it speaks only that", async () => {
    const plain = await startSink();
    const https = create(plain.url.replace("http:", "https:")).write(["m v=1 1"], signal);
    await expect(https).rejects.toMatchObject(unavailable("does not speak TLS"));
    const secured = await startTls();
    const http = create(secured.url.replace("https:", "http:")).write(["m v=1 1"], signal);
    await expect(http).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("says which file is missing or wrong, and reads it again", async () => {
    const sink = await startTls();
    const ca = join(folder, "later.pem");
    const output = create(sink.url, { tls: { ca } });
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({
      kind: "denied",
      message: expect.stringContaining(`tls.ca cannot be read: ENOENT`) as string,
    });
    await writeFile(ca, "no certificate");
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "unavailable" });
    await writeFile(ca, readFileSync(files.ca));
    await output.write(["m v=1 1"], signal);
    expect(sink.lines).toEqual(["m v=1 1"]);
    const mixed = create(sink.url, { tls: { cert: files.clientCert, key: files.serverKey } });
    await expect(mixed.write(["m v=1 1"], signal)).rejects.toMatchObject({
      kind: "denied",
      message: expect.stringContaining("the files of tls") as string,
    });
  });
});
