/** What is used of johnny-five and firmata-io, which bring no types. */

declare module "firmata-io" {
  import type { EventEmitter } from "node:events";

  interface Transport extends EventEmitter {
    write(bytes: Uint8Array, done?: () => void): void;
  }
  interface FirmataOptions {
    readonly reportVersionTimeout?: number;
    readonly samplingInterval?: number;
  }
  class Firmata extends EventEmitter {
    constructor(transport: Transport, options: FirmataOptions);
    name: string;
    readonly firmware: {
      readonly name?: string;
      readonly version?: { readonly major: number; readonly minor: number };
    };
    /** The pin of each analog channel. */
    readonly analogPins: readonly number[];
    readonly pins: readonly { readonly supportedModes: readonly number[] }[];
    readonly MODES: { readonly INPUT: number; readonly I2C: number };
  }
  const bind: { readonly Firmata: typeof Firmata };
  export type { Firmata };
  export default bind;
}

declare module "johnny-five" {
  import type { EventEmitter } from "node:events";

  /** A sensor of johnny-five. */
  interface Component extends EventEmitter {
    readonly [property: string]: unknown;
  }
  type ComponentClass = new (options: object) => Component;
  /** Without these options the board would start a console, print, and end the process at SIGINT. */
  type BoardClass = new (options: {
    readonly io: EventEmitter;
    readonly repl: false;
    readonly debug: false;
    readonly sigint: false;
  }) => EventEmitter;
}

declare module "johnny-five/lib/board.js" {
  import type { BoardClass } from "johnny-five";

  const Board: BoardClass;
  export default Board;
}

declare module "johnny-five/lib/sip.js" {
  /** Drivers of chips on I2C, by controller. */
  const sip: {
    readonly Drivers: Readonly<Record<string, { readonly ADDRESSES: { readonly value: readonly number[] } }>>;
  };
  export default sip;
}

declare module "johnny-five/lib/*.js" {
  import type { ComponentClass } from "johnny-five";

  const Component: ComponentClass;
  export default Component;
}
