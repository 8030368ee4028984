#include "modules.h"

#include <stddef.h>
#include <string.h>

// The next part of this kind, from `from` on; NULL when there is none.
static avr_io_t *find(avr_io_t *from, const char *kind) {
  while (from != NULL && strcmp(from->kind, kind) != 0) from = from->next;
  return from;
}

avr_uart_t *uartOf(avr_t *avr) {
  avr_io_t *part = find(avr->io_port, "uart");
  while (part != NULL && ((avr_uart_t *)part)->name != '0') part = find(part->next, "uart");
  return (avr_uart_t *)part;
}

avr_eeprom_t *eepromOf(avr_t *avr) { return (avr_eeprom_t *)find(avr->io_port, "eeprom"); }

avr_ioport_t *ioportOf(avr_t *avr, char name) {
  avr_io_t *part = find(avr->io_port, "port");
  while (part != NULL && ((avr_ioport_t *)part)->name != name) part = find(part->next, "port");
  return (avr_ioport_t *)part;
}
