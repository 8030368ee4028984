import { type Program, startProgram } from "./program.ts";

/** The socket of a service manager, and what it was told. */
export interface NotifySocket {
  /** For NOTIFY_SOCKET. */
  readonly address: string;
  /** The assignments of each message, in order. */
  readonly messages: () => readonly (readonly string[])[];
  readonly remove: () => Promise<void>;
}

/**
 * Listens as systemd does: a real datagram socket, read without keeping the descriptor that systemd-notify sends after
 * each message and whose end it waits for. (socat keeps it.)
 * @param address a path, or `@` and the name of an abstract socket
 */
export async function startNotifySocket(address: string): Promise<NotifySocket> {
  const args = ["--datagram", "--listen", address, "sh", "-c", "exec cat <&3"];
  const program: Program = await startProgram("systemd-socket-activate", args, (printed) =>
    printed.includes("Listening"),
  );
  const prefix = /^(Listening on|Communication attempt|Execing) .*\n/gm;
  return {
    address,
    messages: () =>
      program
        .printed()
        .replaceAll(prefix, "")
        .split("BARRIER=1")
        .slice(0, -1)
        .map((message) => message.trim().split("\n")),
    remove: () => program.stop(),
  };
}
