// The serial line: what the frames are written to, and where the host's commands come from.
#pragma once

#include "board.h"
#include "parts/frame_writer.h"

namespace fieldline {

// Waits for room as long as the line moves. A host that holds a USB port open without reading stops it: then what does not fit is lost,
// after one short wait, until there is room again.
struct SerialOutput {
  bool stuck = false;
  void write(char character);
};

typedef FrameWriter<SerialOutput> Frame;

// Takes what has come. The core keeps 64 bytes, 5.5 ms of them: what takes longer than a few milliseconds has to call this on its way.
void listen();

// The command that has come, with its checksum; NULL when none is complete. It stays, and nothing is taken, until it is dropped.
char *receivedCommand();
void dropCommand();

// Whether the host calls the boot loader of a board with USB of its own, by closing the port at 1200 baud: the core has the watchdog bite.
bool callsBootloader();

}  // namespace fieldline
