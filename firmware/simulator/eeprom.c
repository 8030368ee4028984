#include "eeprom.h"

#include <stdlib.h>

#include "memory_file.h"
#include "modules.h"

#define WRITE_US 3400  // data sheet, table 8-2

static avr_cycle_count_t endWrite(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  struct Eeprom *eeprom = param;
  eeprom->busy = false;
  avr_regbit_clear(avr, eepromOf(avr)->eepe);
  return 0;
}

// simavr writes at once, and its control register never says that it is busy.
static void writeControl(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param) {
  struct Eeprom *eeprom = param;
  const avr_eeprom_t *part = eepromOf(avr);
  const bool enabled = avr_regbit_get(avr, part->eempe);
  const uint8_t busy = (uint8_t)(1 << part->eepe.bit);
  if (eeprom->busy) value &= (uint8_t)~busy;
  eeprom->writeControl(avr, address, value, eeprom->param);
  if (enabled && (value & busy)) {
    eeprom->busy = true;
    eeprom->address = (uint16_t)(avr->data[part->r_eearl] | avr->data[part->r_eearh] << 8);
    eeprom->endsAt = avr->cycle + WRITE_US * (avr->frequency / 1000000);
    avr_cycle_timer_register_usec(avr, WRITE_US, endWrite, eeprom);
  }
  if (eeprom->busy) avr_regbit_set(avr, part->eepe);
}

void startEeprom(struct Eeprom *eeprom, avr_t *avr, const char *path) {
  avr_eeprom_t *part = eepromOf(avr);
  free(part->eeprom);
  part->eeprom = mapMemoryFile(path, part->size, 0);
  *eeprom = (struct Eeprom){.avr = avr, .cells = part->eeprom};
  const avr_io_addr_t control = AVR_DATA_TO_IO(part->r_eecr);
  eeprom->writeControl = avr->io[control].w.c;
  eeprom->param = avr->io[control].w.param;
  avr->io[control].w.c = writeControl;
  avr->io[control].w.param = eeprom;
}

void restartEeprom(struct Eeprom *eeprom) {
  avr_t *avr = eeprom->avr;
  if (!eeprom->busy) return;
  avr_regbit_set(avr, eepromOf(avr)->eepe);
  avr_cycle_timer_register(avr, eeprom->endsAt > avr->cycle ? eeprom->endsAt - avr->cycle : 1, endWrite, eeprom);
}

void cutEeprom(struct Eeprom *eeprom) {
  if (eeprom->busy) eeprom->cells[eeprom->address] = 0xFF;
  eeprom->busy = false;
}
