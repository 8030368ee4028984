#include "pin.h"

#include <stdlib.h>

#include <simavr/avr_extint.h>

#include "modules.h"

#define EXTERNAL_INTERRUPTS 2

bool parsePin(const char *text, struct Pin *pin) {
  if (text[0] == 'P' && text[1] >= 'B' && text[1] <= 'D') {
    if (text[2] < '0' || text[2] > '7' || text[3] != '\0') return false;
    *pin = (struct Pin){text[1], text[2] - '0'};
    return true;
  }
  const bool analog = text[0] == 'A';
  char *end;
  const long number = strtol(text + analog, &end, 10);
  if (end == text + analog || *end != '\0' || number < 0 || number > (analog ? 5 : 13)) return false;
  *pin = analog       ? (struct Pin){'C', (int)number}
         : number < 8 ? (struct Pin){'D', (int)number}
                      : (struct Pin){'B', (int)number - 8};
  return true;
}

static avr_irq_t *irqOf(avr_t *avr, struct Pin pin) {
  return avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(pin.port), IOPORT_IRQ_PIN0 + pin.bit);
}

static uint8_t maskOf(struct Pin pin) { return (uint8_t)(1 << pin.bit); }

// simavr's "external" level is what it puts on the pin whenever the sketch writes to the port; with it kept up to date, such
// writes make no false edges.
void drivePin(avr_t *avr, struct Pin pin, bool level) {
  avr_ioport_t *port = ioportOf(avr, pin.port);
  port->external.pull_mask |= maskOf(pin);
  port->external.pull_value = (uint8_t)((port->external.pull_value & ~maskOf(pin)) | (level ? maskOf(pin) : 0));
  if (!pinIsOutput(avr, pin)) avr_raise_irq(irqOf(avr, pin), level);
}

void releasePin(avr_t *avr, struct Pin pin) {
  avr_ioport_t *port = ioportOf(avr, pin.port);
  port->external.pull_mask &= (uint8_t)~maskOf(pin);
  port->external.pull_value &= (uint8_t)~maskOf(pin);
  const bool pulledUp = avr->data[port->r_port] & maskOf(pin);
  if (pulledUp && !pinIsOutput(avr, pin)) avr_raise_irq(irqOf(avr, pin), 1);
}

bool pinIsOutput(avr_t *avr, struct Pin pin) { return avr->data[ioportOf(avr, pin.port)->r_ddr] & maskOf(pin); }

bool pinLevel(avr_t *avr, struct Pin pin) {
  const avr_ioport_t *port = ioportOf(avr, pin.port);
  return avr->data[pinIsOutput(avr, pin) ? port->r_port : port->r_pin] & maskOf(pin);
}

void watchPin(avr_t *avr, struct Pin pin, avr_irq_notify_t notify, void *param) {
  avr_irq_register_notify(irqOf(avr, pin), notify, param);
}

void startPins(avr_t *avr) {
  for (uint8_t interrupt = 0; interrupt < EXTERNAL_INTERRUPTS; interrupt++) avr_extint_set_strict_lvl_trig(avr, interrupt, 0);
}

void restorePins(avr_t *avr) {
  for (char name = 'B'; name <= 'D'; name++) {
    avr_ioport_t *port = ioportOf(avr, name);
    avr->data[port->r_pin] = port->external.pull_value;
    // Not raised: nothing has changed outside.
    for (int bit = 0; bit < 8; bit++) irqOf(avr, (struct Pin){name, bit})->value = port->external.pull_value >> bit & 1;
  }
}
