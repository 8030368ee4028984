// What EEPROM keeps: who the board is, which configuration it has, how often it was switched on, and the channels.
#pragma once

#include "board.h"
#include "parts/channel.h"

namespace fieldline {

// 0 for a board that has not been given one.
uint32_t storedId();
void storeId(uint32_t id);

// The host's name for the whole configuration; 0 while it is incomplete.
uint32_t storedConfiguration();
void storeConfiguration(uint32_t hash);

// How many starts there were that had lost what memory held; and counts one more.
uint16_t coldStarts();
void countColdStart();

// Reads the channel of this number, below CHANNELS. False, and the channel is off, when its record is damaged.
bool loadChannel(uint8_t index, Channel *channel);

// Takes 3.4 ms for each byte that differs from what is there. Writes its checksum too; of a channel that is off the kind alone.
void storeChannel(uint8_t index, Channel *channel);

// Turns a channel off. Takes 3.4 ms, when it is not off already.
void eraseChannel(uint8_t index);

}  // namespace fieldline
