/**
 * Loaded into the agent's process before anything else (`node --import`): answers each line on the descriptor that
 * SOAK_SOCKET names with what only the process itself knows.
 */
import { createConnection } from "node:net";

const socket = createConnection(process.env["SOAK_SOCKET"] ?? "");
socket.unref();
// The soak has ended: the agent goes on without it.
socket.on("error", () => socket.destroy());
socket.on("data", () => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((name) => name !== "Timeout" && name !== "Immediate").length;
  socket.write(`${JSON.stringify({ rss, heap: heapUsed, external, handles })}\n`);
});
