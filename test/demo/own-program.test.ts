import { describe, expect, it } from "vitest";
import { Uno } from "../../src/demo/index.ts";
import { compileForUno } from "../parts/avr-program.ts";

describe("the demonstration's board, with a program of one's own", () => {
  it("is reset by its watchdog, and tells the program why it starts", async () => {
    const { board, text } = start(await compileForUno(WATCHDOG));
    board.advance(200);
    // A watchdog of 16 ms.
    expect(text()).toMatch(/^PWWWWWWWWWW+$/);
    expect(text().length).toBeLessThan(14);
    board.reset();
    board.advance(5);
    expect(text()).toMatch(/W+E$/);
  });

  it("sends all of a text that is longer than the buffer of a program that disables its interrupt in between", async () => {
    const { board, text } = start(await compileForUno(INTERRUPT));
    board.advance(100);
    expect(text()).toBe("abcabc");
  });

  it("loses nothing of what comes while it sends", async () => {
    const { board, text } = start(await compileForUno(ECHO));
    const long = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(20);
    board.advance(1);
    board.receive(Buffer.from(long));
    board.advance(100);
    expect(text()).toBe(long);
  });

  it("sleeps with interrupts off for good", async () => {
    const { board, text } = start(await compileForUno(ASLEEP));
    board.advance(60_000);
    expect(text()).toBe("z");
  });
});

function start(program: string) {
  const board = new Uno(program);
  let text = "";
  board.onSend = (bytes) => (text += Buffer.from(bytes).toString("latin1"));
  return { board, text: () => text };
}

const USART = `
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/delay.h>
static void begin(void) { UCSR0A = 2; UBRR0 = 16; UCSR0B = _BV(TXEN0); }
static void say(char c) { while (!(UCSR0A & _BV(UDRE0))); UDR0 = c; }
`;

const WATCHDOG = `${USART}
int main(void) {
  const uint8_t cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
  begin();
  say(cause == 1 ? 'P' : cause == 2 ? 'E' : cause == 8 ? 'W' : '?');
  wdt_enable(WDTO_15MS);
  for (;;);
}`;

/** Turns the interrupt "data register empty" off when there is nothing to send, and on again later. */
const INTERRUPT = `${USART}
static volatile char next = 'a';
ISR(USART_UDRE_vect) {
  if (next > 'c') UCSR0B &= (uint8_t)~_BV(UDRIE0);
  else UDR0 = next++;
}
int main(void) {
  begin();
  sei();
  for (uint8_t round = 0; round < 2; round++) {
    next = 'a';
    UCSR0B |= _BV(UDRIE0);
    _delay_ms(10);
  }
  for (;;);
}`;

/** Writes its control register for each byte, in an interrupt that lasts long enough for the next byte to come in it. */
const ECHO = `${USART}
static volatile char waiting[256];
static volatile uint8_t first, next;
ISR(USART_RX_vect) {
  waiting[next++] = UDR0;
  UCSR0B |= _BV(UDRIE0);
}
ISR(USART_UDRE_vect) {
  UDR0 = waiting[first++];
  _delay_us(20);
  if (first == next) UCSR0B &= (uint8_t)~_BV(UDRIE0);
}
int main(void) {
  begin();
  UCSR0B |= _BV(RXEN0) | _BV(RXCIE0);
  sei();
  for (;;);
}`;

const ASLEEP = `${USART}
int main(void) {
  begin();
  say('z');
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_mode();
  say('!');
  for (;;);
}`;
