// The pins of channels: which they are, whether they can do what is asked of them, and their directions.
#pragma once

#include "board.h"
#include "parts/channel.h"

namespace fieldline {

// The numbers that the core has for the channel's pins.
uint8_t pinOf(const Channel &channel);
uint8_t echoOf(const Channel &channel);

// The setting that names a pin which the board does not have, or which cannot do what the kind needs: in flash; NULL when there is none.
const char *wrongPinOf(const Channel &channel);

// Sets the channel's pins up. To be done once at the start and whenever the channel has changed.
void setUp(const Channel &channel);

// Lets go of the channel's pins: they drive nothing and count nothing any more.
void release(const Channel &channel);

}  // namespace fieldline
