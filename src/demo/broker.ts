import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";

/** An MQTT 3.1.1 broker on the loopback address, for the demonstration. */
export async function startBroker(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => void broker.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  const close = async () => {
    const closed = once(server, "close");
    server.close();
    await new Promise<void>((resolve) => broker.close(resolve));
    await closed;
  };
  return { url: `mqtt://127.0.0.1:${address.port}`, close };
}
