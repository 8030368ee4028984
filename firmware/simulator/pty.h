// The USB port that the board is plugged into: a pseudo-terminal under a link of one's own.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Pty {
  const char *link;
  char device[64];
  int master;  // -1 while the board is not plugged in
  int events;  // of inotify: opened, closed
  bool isOpen;
  bool justClosed;  // by somebody, when last looked at, and not opened since
};

// Makes the device node. Ends the program with a message when that fails.
void plugPty(struct Pty *pty);

// The device node is gone at once, and who has it open notices.
void unplugPty(struct Pty *pty);

// Looks whether a host has it open; true when one has opened it since the last look.
bool ptyWasOpened(struct Pty *pty);

// What the host has sent; 0 bytes when nothing has come.
size_t readPty(const struct Pty *pty, uint8_t *bytes, size_t most);

// Returns how many of the bytes the host's side has taken.
size_t writePty(const struct Pty *pty, const uint8_t *bytes, size_t length);
