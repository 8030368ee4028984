import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A store in this process, so that its clock is the one of who sends. */
export interface NotingSink {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts it; `take` gets each body that came, uncompressed as small ones are. */
export async function startNotingSink(take: (body: string) => void): Promise<NotingSink> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      take(body);
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
