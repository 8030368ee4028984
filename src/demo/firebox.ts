import { setInterval as every } from "node:timers/promises";
import { Max6675 } from "./board/max6675.ts";
import { millivoltsAt, type Thermistor } from "./board/thermistor.ts";
import type { Uno } from "./board/uno.ts";

/** As configs/barbecue.yaml has them. */
const GRATE = { cs: 10, sck: 13, miso: 12 };
const BRISKET_INPUT = 0;
const BRISKET: Thermistor = { beta: 3_950, r0: 100_000, series: 10_000 };
const LID_PIN = 2;

const STEP_S = 0.25;
const LID_EVERY_S = 15;
const LID_OPEN_S = 4;
const NOISE_C = 1;
/** Where temperatures tend to, in degrees Celsius, and the seconds that they take to go most of the way. */
const FIRE = { shut: 240, open: 110, takes: 6 };
const START = { fire: 180, meat: 6 };
const MEAT = { done: 93, takes: 300 };

/**
 * A smoker with a board in it, until the signal aborts: a thermocouple at the grate, a thermistor in the meat, and a switch that
 * the lid closes. Somebody looks at the meat now and then.
 */
export async function heatFirebox(board: Uno, signal: AbortSignal): Promise<void> {
  const grate = new Max6675(board, GRATE, START.fire);
  let { fire, meat } = START;
  let seconds = 0;
  const step = () => {
    seconds += STEP_S;
    const open = seconds % LID_EVERY_S >= LID_EVERY_S - LID_OPEN_S;
    fire += (((open ? FIRE.open : FIRE.shut) - fire) * STEP_S) / FIRE.takes;
    meat += ((MEAT.done - meat) * STEP_S) / MEAT.takes;
    grate.celsius = fire + (Math.random() - 0.5) * NOISE_C;
    board.analog(BRISKET_INPUT, millivoltsAt(meat, BRISKET));
    // The switch connects to ground; when it opens, the pull-up of the board decides.
    board.drive(LID_PIN, open ? undefined : false);
  };
  step();
  try {
    for await (const _ of every(STEP_S * 1_000, undefined, { signal })) step();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
