import { type Banner, BoardError, type BoardLink, whoAnswers, WIRE_VERSION } from "fieldline/plugin";

/** There is a device, and it sends with another baud rate. */
export class WrongBaud extends Error {
  override readonly name = "WrongBaud";
}

/**
 * Has a board whose port has just been opened say what it is.
 * @param bootMs how long it may take to start
 * @throws WrongBaud; BoardError that says what is there instead; the signal's reason
 */
export async function greet(link: BoardLink, bootMs: number, signal: AbortSignal): Promise<Banner> {
  const { baud, connection } = link;
  const answerer = await whoAnswers(link, signal, bootMs);
  if (answerer.kind === "noise")
    throw new WrongBaud(`what comes from ${connection.name} is no text at ${baud} baud: the baud rate is wrong`);
  if (answerer.kind !== "board") {
    const said = answerer.kind === "text" ? `says ${JSON.stringify(answerer.text)}` : "says nothing";
    throw new BoardError(
      `no board answers on ${connection.name}, which ${said}: has it Fieldline's firmware? \`fieldline flash\` puts it there`,
    );
  }
  const { banner } = answerer;
  if (banner.version === WIRE_VERSION) return banner;
  throw new BoardError(
    `the board speaks version ${banner.version} of the protocol, this agent version ${WIRE_VERSION}: update the older one (\`fieldline flash\` for the board)`,
  );
}
