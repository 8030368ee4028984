import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "./program.ts";

/** PEM files made by openssl. */
export interface Certificates {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

const run = promisify(execFile);

/** Makes an authority, a server's certificate for 127.0.0.1 and localhost, and a client's, in a folder that is there. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = findProgram("openssl");
  const make = async (name: string, subject: string, ...more: string[]) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    await run(openssl, ["req", "-x509", ...fresh, "-keyout", key, "-out", cert, "-subj", `/CN=${subject}`, ...more]);
    return [key, cert] as const;
  };
  const [caKey, ca] = await make("ca", "authority");
  const signed = ["-CA", ca, "-CAkey", caKey, "-addext", "basicConstraints=critical,CA:FALSE"];
  const names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const [serverKey, serverCert] = await make("server", "localhost", ...signed, ...names);
  const [clientKey, clientCert] = await make("client", "client", ...signed);
  return { ca, serverCert, serverKey, clientCert, clientKey };
}
