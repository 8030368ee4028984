import { setInterval as every } from "node:timers/promises";
import { connectAsync } from "mqtt";

/** Simulated temperatures in degrees Celsius: they drift towards their target, with some noise. */
class Probe {
  #value: number;
  readonly #target: number;
  readonly #noise: number;

  constructor(start: number, target: number, noise: number) {
    this.#value = start;
    this.#target = target;
    this.#noise = noise;
  }

  next(): string {
    this.#value += (this.#target - this.#value) * 0.01 + (Math.random() - 0.5) * this.#noise;
    return this.#value.toFixed(2);
  }
}

/** A grill and a smoker that publish to a broker until the signal aborts: bare values on one topic each, and JSON. */
export async function publishBarbecue(url: string, signal: AbortSignal): Promise<void> {
  const client = await connectAsync(url, { clientId: "barbecue" });
  const air = new Probe(21, 107, 0.6);
  const meat = new Probe(6, 93, 0.2);
  const probes = [new Probe(20, 110, 0.5), new Probe(20, 104, 0.5)];
  let seq = 0;
  try {
    for await (const _ of every(500, undefined, { signal })) {
      seq += 1;
      client.publish("bbq/kettle/air_c", air.next(), { qos: 1 });
      client.publish("bbq/kettle/meat_c", meat.next(), { qos: 1 });
      const probe = seq % 2;
      const state = { probe: `p${probe + 1}`, temp: { c: Number(probes[probe]?.next()) }, seq, ts: Date.now() };
      client.publish("smoker/offset/state", JSON.stringify(state), { qos: 1 });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await client.endAsync(true);
  }
}
