#include "store.h"

#include <avr/eeprom.h>

#include "parts/crc16.h"

namespace fieldline {
namespace {

// A value and its checksum, so that erased and half-written cells are told from written ones.
struct Cell {
  uint32_t value;
  uint16_t check;
};

enum Place : uint8_t { ID, CONFIGURATION, EVEN_STARTS, ODD_STARTS, PLACES };

// Each in its own cell: a power cut while one is written leaves the others.
Cell *const CELLS = (Cell *)0;
Channel *const RECORDS = (Channel *)(PLACES * sizeof(Cell));

static_assert(PLACES * sizeof(Cell) + CHANNELS * sizeof(Channel) <= E2END + 1, "EEPROM holds all channels");

uint16_t checkOf(uint32_t value) { return crc16(&value, sizeof value); }

uint32_t load(Place place) {
  Cell cell;
  eeprom_read_block(&cell, &CELLS[place], sizeof cell);
  return cell.check == checkOf(cell.value) ? cell.value : 0;
}

void save(Place place, uint32_t value) {
  const Cell cell = {value, checkOf(value)};
  eeprom_update_block(&cell, &CELLS[place], sizeof cell);
}

}  // namespace

uint32_t storedId() { return load(ID); }
void storeId(uint32_t id) { save(ID, id); }

uint32_t storedConfiguration() { return load(CONFIGURATION); }
void storeConfiguration(uint32_t hash) { save(CONFIGURATION, hash); }

uint16_t coldStarts() {
  const uint16_t even = (uint16_t)load(EVEN_STARTS), odd = (uint16_t)load(ODD_STARTS);
  return (int16_t)(odd - even) > 0 ? odd : even;
}

// In turn, so that a power cut in the middle leaves the count before.
void countColdStart() {
  const uint16_t count = coldStarts() + 1;
  save(count & 1 ? ODD_STARTS : EVEN_STARTS, count);
}

bool loadChannel(uint8_t index, Channel *channel) {
  eeprom_read_block(channel, &RECORDS[index], sizeof *channel);
  if (isWhole(*channel)) return true;
  const bool unused = channel->kind == Kind::OFF || channel->kind == Kind::ERASED;
  memset(channel, 0, sizeof *channel);
  return unused;
}

void storeChannel(uint8_t index, Channel *channel) {
  if (channel->kind == Kind::OFF) return eraseChannel(index);
  channel->check = fieldline::checkOf(*channel);
  eeprom_update_block(channel, &RECORDS[index], sizeof *channel);
}

// Whatever the rest of the record and its checksum say.
void eraseChannel(uint8_t index) { eeprom_update_byte((uint8_t *)&RECORDS[index].kind, (uint8_t)Kind::OFF); }

}  // namespace fieldline
