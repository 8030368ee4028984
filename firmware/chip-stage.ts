import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Board, startBoard } from "../test/parts/board.ts";
import { type BoardHost, openBoard } from "../test/parts/board-host.ts";
import { until } from "../test/parts/program.ts";

/** An Uno with the sketch, whose EEPROM is a file, and a host that has its port open. */
export class ChipStage {
  readonly #folder = mkdtempSync(join(tmpdir(), "fieldline-chip-"));
  /** The file that keeps EEPROM. */
  readonly eeprom = join(this.#folder, "eeprom");
  board!: Board;
  host!: BoardHost;

  /** Switches the board on and waits for its banner. */
  async start(): Promise<void> {
    this.board = await startBoard(join(this.#folder, "port"), { arguments: ["-e", this.eeprom] });
    this.host = await openBoard(this.board.path);
    await this.banners(1);
  }

  /** Switches it off. */
  async end(): Promise<void> {
    await this.host.close();
    await this.board.stop();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What the banners say that have come; waits for as many as that. */
  async banners(count: number): Promise<readonly Readonly<Record<string, string>>[]> {
    const all = () => this.said(/^#!fieldline 1 .* [@-O]{4}$/gmu);
    await until(`banner ${count}`, () => all().length >= count);
    return all().map((line) =>
      Object.fromEntries([...line.matchAll(/(\w+)=(\w+)/gu)].map(([, key, value]) => [key, value])),
    );
  }

  /** What matches in the lines that have come whole. */
  said(pattern: RegExp): readonly string[] {
    const text = this.host.text();
    return text.slice(0, text.lastIndexOf("\n") + 1).match(pattern) ?? [];
  }
}
